"""Blind votes: two answers without names, the better one is chosen, names are shown afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import Workspace
from studio.pages.common import (
    FIELD,
    QUIET,
    find_comparison,
    notice_panel,
    opening,
    panel,
    query,
    telling,
)
from studio.parts.frame import heading
from studio.parts.notices import notice
from studio.parts.votes import duel_cards, tallies

CHOICES = (
    ("left", "← Left is better"),
    ("tie", "↓ Equally good"),
    ("bad", "↑ Both bad"),
    ("right", "Right is better →"),
)
NOBODY = "me"  # until a name is typed
DONE = "You have judged every pair that differs. Show who is who to see what it amounts to."


@dataclass(frozen=True)
class _Parts:
    top: gr.HTML
    voter: gr.Textbox
    duel: gr.HTML
    choices: tuple[gr.Button, ...]
    undo: gr.Button
    show: gr.Button
    result: gr.HTML
    comparison: gr.State
    shown: gr.State  # position, left, right of the two answers on the page; stays on the server
    unnamed: gr.State  # the same of what was voted on here before a name was typed
    name: gr.BrowserState  # the one that was typed last in this browser

    @property
    def drawn(self) -> list[Any]:
        return [self.duel, *self.choices, self.undo, self.show, self.shown]


def page(app: gr.Blocks, workspace: Workspace) -> None:
    """Lay out the page and wire it."""
    opening()
    with gr.Column(elem_id="content"):
        notice = notice_panel()
        parts = _parts()

    @telling(notice)
    def opened(name: Any, request: gr.Request) -> dict[Any, Any]:
        info = find_comparison(workspace, query(request, "comparison"))
        top = heading(
            "Which answer is better?",
            f"Two answers to the test prompts of {info.data}. Whose they are stays hidden until "
            "you ask; sides are drawn by lot.",
            back=(f"/compare?comparison={info.id}", "The comparison"),
        )
        name = name if isinstance(name, str) and name.strip() else NOBODY
        begun = {parts.top: top, parts.comparison: info.id, parts.voter: name}
        return {**begun, **_next(workspace, parts, info.id, name)}

    begun = [parts.top, parts.comparison, parts.voter]
    app.load(opened, parts.name, [notice, *begun, *parts.drawn], **QUIET)
    _wire(workspace, parts, notice)


def _parts() -> _Parts:
    top = panel()
    voter = gr.Textbox(
        NOBODY,
        label="Your name",
        info="Your votes are kept under it, those given before you type it too; several people "
        "can vote.",
        max_lines=1,
        elem_classes="voter",
    )
    duel = panel(id="duel")
    with gr.Row(elem_classes=["actions", "ballot"]):
        choices = tuple(
            gr.Button(text, elem_id=f"vote-{name}", visible=False) for name, text in CHOICES
        )
    with gr.Row(elem_classes="actions"):
        undo = gr.Button("Undo", elem_id="vote-undo", visible=False)
        show = gr.Button("Show who is who", elem_id="vote-show", visible=False)
    result, states = panel(id="votes"), (gr.State(0), gr.State(()), gr.State(()))
    # It is no secret; one drawn anew would not read what an earlier server has left.
    name = gr.BrowserState(NOBODY, storage_key="attune-voter", secret="attune")
    return _Parts(top, voter, duel, choices, undo, show, result, *states, name)


def _wire(workspace: Workspace, parts: _Parts, told: gr.HTML) -> None:
    outputs = [told, parts.result, parts.unnamed, *parts.drawn]

    def chooser(name: str) -> Any:
        @telling(told)
        def chosen(number: int, voter: str, shown: Any, unnamed: Any) -> dict[Any, Any]:
            unnamed = _claimed(workspace, number, voter, unnamed)
            if shown:
                position, left, right = shown
                workspace.vote(number, voter, position, left, right, name)
                unnamed = (*unnamed, shown) if voter.strip() == NOBODY else unnamed
            now = _next(workspace, parts, number, voter)
            return {parts.result: "", parts.unnamed: unnamed, **now}

        return chosen

    @telling(told)
    def renamed(number: int, voter: str, unnamed: Any) -> dict[Any, Any]:
        unnamed = _claimed(workspace, number, voter, unnamed)
        now = _next(workspace, parts, number, voter)
        return {parts.result: "", parts.unnamed: unnamed, parts.name: voter, **now}

    @telling(told)
    def undone(number: int, voter: str) -> dict[Any, Any]:
        workspace.undo_vote(number, voter)
        return {parts.result: "", **_next(workspace, parts, number, voter)}

    @telling(told)
    def revealed(number: int) -> dict[Any, Any]:
        found = workspace.votes(number)
        return {parts.result: tallies(found) if found else notice("There is no vote yet.")}

    for (name, _), button in zip(CHOICES, parts.choices, strict=True):
        inputs = [parts.comparison, parts.voter, parts.shown, parts.unnamed]
        button.click(chooser(name), inputs, outputs, **QUIET)
    who = [parts.comparison, parts.voter]
    for event in (parts.voter.submit, parts.voter.blur):
        event(renamed, [*who, parts.unnamed], [*outputs, parts.name], **FIELD)
    parts.undo.click(undone, who, outputs, **QUIET)
    parts.show.click(revealed, parts.comparison, [told, parts.result], **QUIET)


def _claimed(workspace: Workspace, number: int, voter: str, unnamed: Any) -> Any:
    """Whoever types a name here gave the votes of before: they are not another person's. What is
    left without a name comes back."""
    if not unnamed or voter.strip() == NOBODY:
        return unnamed
    workspace.hand_over_votes(number, NOBODY, voter, unnamed)
    return ()


def _next(workspace: Workspace, parts: _Parts, number: int, voter: str) -> dict[Any, Any]:
    """The next two answers, or that there are none left."""
    duel = workspace.duel(number, voter)
    result = workspace.result(number)
    voted = duel is None or duel.done > 0
    undo = gr.Button(visible=True, interactive=voted)
    ways = {parts.undo: undo, parts.show: gr.Button(visible=True)}
    buttons = {button: gr.Button(visible=duel is not None) for button in parts.choices}
    if duel is None or result is None:
        return {parts.duel: notice(DONE), parts.shown: (), **buttons, **ways}
    return {
        parts.duel: duel_cards(duel, result.examples[duel.position]),
        parts.shown: (duel.position, duel.left, duel.right),
        **buttons,
        **ways,
    }

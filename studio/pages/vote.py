"""Blind votes: two answers without names, the better one is chosen; the result has the names."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, NamedTuple

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
from studio.pages.newest import Newest
from studio.parts.frame import heading
from studio.parts.notices import notice
from studio.parts.votes import duel_cards, tallies

CHOICES = (
    ("left", "← Left is better"),
    ("tie", "↓ Equally good"),
    ("bad", "↑ Both bad"),
    ("right", "Right is better →"),
)
NOBODY = "me"  # whom earlier versions took everybody for who had typed no name
DONE = "You have judged every pair that differs. Show the result to see what it amounts to."


class _Shown(NamedTuple):
    """Two answers as they stand on the page; it stays on the server but for `turn`, which says in
    the browser that these are the ones that are seen."""

    turn: str
    position: int
    left: str
    right: str


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
    shown: gr.State  # `_Shown`, or None
    turn: gr.Textbox  # that of the answers that are seen
    guest: gr.BrowserState  # whom the votes are of that this browser gives before a name is typed
    name: gr.BrowserState  # the one that was typed last in this browser

    @property
    def drawn(self) -> list[Any]:
        return [self.duel, *self.choices, self.undo, self.show, self.shown, self.turn]


def page(app: gr.Blocks, workspace: Workspace) -> None:
    """Lay out the page and wire it."""
    opening()
    with gr.Column(elem_id="content"):
        notice = notice_panel()
        parts = _parts()

    @telling(notice)
    def opened(name: Any, guest: Any, request: gr.Request) -> dict[Any, Any]:
        info = find_comparison(workspace, query(request, "comparison"))
        top = heading(
            "Which answer is better?",
            f"Two answers to the test prompts of {info.data}. Whose they are stays hidden, and "
            "sides are drawn by lot; the result names whom you chose.",
            back=(f"/compare?comparison={info.id}", "The comparison"),
        )
        if not isinstance(guest, str) or not guest.strip():
            guest = f"guest {secrets.token_hex(3)}"
        if not isinstance(name, str) or name.strip() in ("", NOBODY):
            name = guest
        voter = gr.Textbox(name, visible=True)
        begun = {parts.top: top, parts.comparison: info.id, parts.voter: voter, parts.guest: guest}
        return {**begun, **_next(workspace, parts, info.id, name)}

    begun = [parts.top, parts.comparison, parts.voter, parts.guest]
    app.load(opened, [parts.name, parts.guest], [notice, *begun, *parts.drawn], **QUIET)
    _wire(workspace, parts, notice)


def _parts() -> _Parts:
    top = panel()
    duel = panel(id="duel")
    # Hidden but there: a key may be pressed as soon as the answers are seen.
    with gr.Row(elem_classes=["actions", "ballot"]):
        choices = tuple(
            gr.Button(text, elem_id=f"vote-{name}", visible="hidden") for name, text in CHOICES
        )
    with gr.Row(elem_classes="actions"):
        undo = gr.Button("Undo", elem_id="vote-undo", visible="hidden", interactive=False)
        show = gr.Button("Show the result", elem_id="vote-show", visible="hidden")
    voter = gr.Textbox(
        "",
        label="Your name",
        info="Your votes are kept under it, those before you type one too. Another name is another "
        "person: several can vote.",
        max_lines=1,
        visible="hidden",
        elem_id="voter",
        elem_classes="voter",
    )
    result, comparison, shown = panel(id="votes"), gr.State(0), gr.State(None)
    turn = gr.Textbox("", visible="hidden", elem_id="turn")
    # They are no secrets; one drawn anew would not read what an earlier server has left.
    guest = gr.BrowserState("", storage_key="attune-guest", secret="attune")
    name = gr.BrowserState("", storage_key="attune-voter", secret="attune")
    return _Parts(
        top, voter, duel, choices, undo, show, result, comparison, shown, turn, guest, name
    )


def _wire(workspace: Workspace, parts: _Parts, told: gr.HTML) -> None:
    outputs = [told, parts.result, parts.name, *parts.drawn]
    newest = Newest(in_turn=True)

    def chooser(name: str) -> Any:
        @newest
        @telling(told)
        def chosen(
            number: int, voter: str, guest: Any, shown: _Shown | None, turn: str
        ) -> dict[Any, Any]:
            _claim(workspace, number, voter, guest)
            if shown and shown.turn == turn:  # a second press may be of what is there no more
                workspace.vote(number, voter, shown.position, shown.left, shown.right, name)
            now = _next(workspace, parts, number, voter, shown)
            return {parts.result: "", parts.name: voter, **now}

        return chosen

    @newest
    @telling(told)
    def renamed(number: int, voter: str, guest: Any, shown: _Shown | None) -> dict[Any, Any]:
        _claim(workspace, number, voter, guest)
        now = _next(workspace, parts, number, voter, shown)
        return {parts.result: "", parts.name: voter, **now}

    @newest
    @telling(told)
    def undone(number: int, voter: str, guest: Any) -> dict[Any, Any]:
        _claim(workspace, number, voter, guest)
        workspace.undo_vote(number, voter)
        now = _next(workspace, parts, number, voter)
        return {parts.result: "", parts.name: voter, **now}

    @telling(told)
    def revealed(number: int) -> dict[Any, Any]:
        found = workspace.votes(number)
        return {parts.result: tallies(found) if found else notice("There is no vote yet.")}

    who = [parts.comparison, parts.voter, parts.guest]
    for (name, _), button in zip(CHOICES, parts.choices, strict=True):
        button.click(chooser(name), [*who, parts.shown, parts.turn], outputs, **QUIET)
    for event in (parts.voter.submit, parts.voter.blur):
        event(renamed, [*who, parts.shown], outputs, **FIELD)
    parts.undo.click(undone, who, outputs, **QUIET)
    parts.show.click(revealed, parts.comparison, [told, parts.result], **QUIET)


def _claim(workspace: Workspace, number: int, voter: str, guest: Any) -> None:
    """Whoever types a name here gave what was voted here before: no other person did."""
    if isinstance(guest, str) and guest.strip() and (voter or "").strip() not in ("", guest):
        workspace.hand_over_votes(number, guest, voter)


def _next(
    workspace: Workspace, parts: _Parts, number: int, voter: str, shown: _Shown | None = None
) -> dict[Any, Any]:
    """Two answers to judge, or that there are none left; those that are `shown` stay, unless they
    were judged."""
    duel = workspace.duel(number, voter, shown and (shown.position, shown.left, shown.right))
    result = workspace.result(number)
    voted = duel is None or duel.done > 0
    undo = gr.Button(visible=True, interactive=voted)
    ways = {parts.undo: undo, parts.show: gr.Button(visible=True)}
    buttons = {
        button: gr.Button(visible="hidden" if duel is None else True) for button in parts.choices
    }
    if duel is None or result is None:
        return {parts.duel: notice(DONE), parts.shown: None, parts.turn: "", **buttons, **ways}
    now = _Shown(secrets.token_hex(4), duel.position, duel.left, duel.right)
    if shown and shown[1:] == now[1:]:
        now = shown
    return {
        parts.duel: duel_cards(duel, result.examples[duel.position]),
        parts.shown: now,
        parts.turn: now.turn,
        **buttons,
        **ways,
    }

"""A prompt box whose answers grow as they are written; on the Compare and the Use page."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import Workspace, sampling_options
from studio.pages.common import QUIET, acting_panel, followed, row_id, telling
from studio.pages.keep import Keep, keep, offered, wire_keep
from studio.pages.options import shown as shown_value
from studio.pages.options import widget
from studio.pages.subjects import subject
from studio.parts.asked import UNDER_WAY, answers, earlier

EARLIER = 20  # questions that can be found again
POLL = 0.3  # seconds between two looks at an answer that grows
# What was asked and the answers below it come into sight: the box stands far down a page.
_SHOW = """() => document.querySelector('.talk')?.scrollIntoView({ block: 'start' })"""


@dataclass(frozen=True)
class Asked:
    """Whom a box asks: variants, the model under a bare `base`, and the data of `base+3`."""

    variants: Sequence[str]
    model: str
    data: str | None = None


@dataclass(frozen=True)
class Talk:
    """The box, its buttons and settings, where the answers go, and what is being waited for."""

    prompt: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    how: tuple[Any, ...]  # a widget a sampling option, in their order
    shown: gr.HTML
    keep: Keep
    before: gr.HTML
    timer: gr.Timer
    waiting: gr.State


def talk(label: str, sentence: str) -> Talk:
    """Lay out a prompt box."""
    with gr.Column(elem_classes="talk"):
        prompt = gr.Textbox(
            label="Prompt", info=f"{sentence} Shift and Enter asks.", lines=3, max_lines=12
        )
        fold = gr.Accordion("How it answers", open=False, elem_classes="fold")
        with fold, gr.Row(elem_classes="fields"):
            how = tuple(_set(widget(info), info) for info in sampling_options())
        with gr.Row(elem_classes="actions"):
            ask = gr.Button(label, variant="primary")
            stop = gr.Button("Stop answering", visible=False)
        answered = acting_panel("answers")
        kept = keep()
        before = acting_panel("asked-before")
    timer = gr.Timer(POLL, active=False)
    return Talk(prompt, ask, stop, how, answered, kept, before, timer, gr.State(0))


def before(workspace: Workspace) -> str:
    """The questions that were asked before, whoever asked them, on whichever page."""
    return earlier(workspace.asked(EARLIER), time.time())


def _set(made: Any, info: Any) -> Any:
    made.value = shown_value(info, info.default)
    return made


def wire_talk(
    workspace: Workspace,
    box: Talk,
    notice: gr.HTML,
    source: Any,
    who: Callable[[Any], Asked],
) -> None:
    """Ask the variants that `who` makes of `source`'s value, over the model it names."""
    names = [info.name for info in sampling_options()]

    @telling(notice)
    def asked(prompt: str, chosen: Any, *entered: Any) -> dict[Any, Any]:
        whom = who(chosen)
        # A fold that was never opened may send nothing: then all is as declared.
        how = {name: entry for name, entry in zip(names, entered, strict=True) if entry is not None}
        number = workspace.ask(list(whom.variants), prompt, model=whom.model, data=whom.data, **how)
        return {**_answered(workspace, box, number), box.keep.whole: gr.Column(visible=False)}

    @telling(notice, quiet=True)
    def ticked(number: int) -> dict[Any, Any]:
        return _answered(workspace, box, number) if number else {}

    @telling(notice)
    def stopped(number: int) -> dict[Any, Any]:
        if number:
            workspace.stop_ask(number)
        return _answered(workspace, box, number) if number else {}

    drawn = [notice, *_drawn(box)]
    inputs = [box.prompt, source, *box.how]
    for press in (box.ask.click, box.prompt.submit):
        press(asked, inputs, [*drawn, box.keep.whole], **QUIET).then(
            None, None, None, js=_SHOW, **QUIET
        )
    box.timer.tick(ticked, box.waiting, drawn, **QUIET)
    box.stop.click(stopped, box.waiting, drawn, **QUIET)
    _wire_looking_back(workspace, box, notice)
    _wire_keeping(workspace, box, notice)


def _wire_looking_back(workspace: Workspace, box: Talk, notice: gr.HTML) -> None:
    """Let a press on an earlier question bring it and its answers back."""

    @telling(notice)
    def again(event: gr.EventData) -> dict[Any, Any]:
        _, to = followed(event)
        found = row_id(to.get("asked", ""))
        if found is None:
            return {}
        ask = workspace.answers(found)
        shown = {**_answered(workspace, box, found), box.prompt: ask.prompt}
        return {**shown, box.keep.whole: gr.Column(visible=False)}

    drawn = [notice, *_drawn(box), box.prompt, box.keep.whole]
    box.before.click(again, None, drawn, **QUIET)


def _wire_keeping(workspace: Workspace, box: Talk, notice: gr.HTML) -> None:
    """Let a press at an answer offer to keep it as an example."""

    @telling(notice)
    def pressed(number: int, event: gr.EventData) -> dict[Any, Any]:
        _, to = followed(event)
        place = row_id(to.get("keep", ""))
        ask = workspace.answers(number) if number else None
        if ask is None or place is None or place >= len(ask.variants):
            return {}
        return offered(workspace, box.keep, ask, ask.variants[place])

    box.shown.click(pressed, box.waiting, [notice, *box.keep.drawn], **QUIET)
    wire_keep(workspace, box.keep, notice)


def _drawn(box: Talk) -> list[Any]:
    """What moves while answers grow."""
    return [box.shown, box.timer, box.waiting, box.stop, box.before]


def _answered(workspace: Workspace, box: Talk, number: int) -> dict[Any, Any]:
    ask = workspace.answers(number)
    moves = ask.state in UNDER_WAY
    behind = subject(workspace, ask.behind) if ask.behind is not None else ""
    paused = ask.state == "queued" and workspace.queue_paused()
    found = {} if moves else {box.before: before(workspace)}
    return {
        **found,
        box.shown: answers(ask, paused=paused, subject=behind),
        box.timer: gr.Timer(active=moves),
        box.waiting: number,
        box.stop: gr.Button(visible=moves),
    }

"""A prompt box whose answers come as they are made; on the Compare and the Use page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from jobs import Ask, Workspace
from studio.pages.common import QUIET, panel, telling
from studio.parts.colours import swatch, title
from studio.parts.completions import completion_text
from studio.parts.notices import error_notice
from studio.parts.text import duration, esc, several


@dataclass(frozen=True)
class Talk:
    """The box, its button, where the answers go, and what is being waited for."""

    prompt: gr.Textbox
    ask: gr.Button
    shown: gr.HTML
    timer: gr.Timer
    waiting: gr.State


def talk(label: str, sentence: str) -> Talk:
    """Lay out a prompt box."""
    with gr.Column(elem_classes="talk"):
        prompt = gr.Textbox(label="Prompt", info=sentence, lines=3, max_lines=12)
        ask = gr.Button(label, variant="primary", elem_classes="own-width")
        shown = panel(id="answers")
    return Talk(prompt, ask, shown, gr.Timer(0.5, active=False), gr.State(0))


def wire_talk(
    workspace: Workspace,
    box: Talk,
    notice: gr.HTML,
    source: Any,
    who: Callable[[Any], tuple[Sequence[str], str]],
) -> None:
    """Ask the variants that `who` makes of `source`'s value, over the model it names."""

    @telling(notice)
    def asked(prompt: str, chosen: Any) -> dict[Any, Any]:
        variants, model = who(chosen)
        number = workspace.ask(list(variants), prompt, model=model)
        return _answered(workspace, box, number)

    @telling(notice, quiet=True)
    def ticked(number: int) -> dict[Any, Any]:
        return _answered(workspace, box, number) if number else {}

    outputs = [notice, box.shown, box.timer, box.waiting]
    box.ask.click(asked, [box.prompt, source], outputs, **QUIET)
    box.timer.tick(ticked, box.waiting, outputs, **QUIET)


def _answered(workspace: Workspace, box: Talk, number: int) -> dict[Any, Any]:
    ask = workspace.answers(number)
    moves = ask.state in ("queued", "running")
    columns = "".join(_column(v, ask, moves) for v in ask.variants)
    problem = error_notice(ask.error) if ask.error else ""
    html = f'{problem}<article class="row"><div class="columns">{columns}</div></article>'
    return {box.shown: html, box.timer: gr.Timer(active=moves), box.waiting: number}


def _column(variant: str, ask: Ask, moves: bool) -> str:
    answer = ask.answers.get(variant)
    if variant in ask.errors:
        body, spent = error_notice(ask.errors[variant]), ""
    elif answer is None:
        words = "Loading the model and answering…" if moves else "No answer."
        body, spent = f'<p class="quiet">{words}</p>', ""
    else:
        body = completion_text(answer)
        spent = f"{several(answer.tokens, 'token')} in {duration(answer.seconds)}"
    return (
        f'<div class="answer"><h4>{swatch(variant, ask.variants)}<span class="name">'
        f'{esc(title(variant))}</span><span class="score">{spent}</span></h4>{body}</div>'
    )

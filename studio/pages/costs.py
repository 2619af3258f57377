"""What models, methods and efforts are, and what they cost here, in the words of the train page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from jobs import AttuneError, Forecast, MethodChoice, ModelChoice, Workspace
from studio.parts.choices import Choice, choice_cards
from studio.parts.notices import error_notice
from studio.parts.text import duration, esc, large, memory

EFFORTS = (
    Choice("quick", "Quick", ("A first look. Right for a first try.",)),
    Choice("standard", "Standard", ("Longer, and usually better.",)),
    Choice("thorough", "Thorough", ("As good as these examples allow, as far as we know.",)),
)


def costs(workspace: Workspace, methods: gr.HTML, efforts: gr.HTML) -> Callable[..., Any]:
    """Redraws the cards of methods and efforts with what each costs here; comes after the rest, it
    takes longer."""

    def costed(data: str | None, model: str | None, method: str, effort: str) -> dict[Any, Any]:
        if not data or not model:  # a studio without data, or a field that was emptied
            return {methods: gr.skip(), efforts: gr.skip()}
        try:
            names = [m.name for m in workspace.methods(model) if m.available]
            pairs = [(name, effort) for name in names] + [(method, e.value) for e in EFFORTS]
            whole, times = {}, {}
            for name, each in dict.fromkeys(pairs):  # what is chosen stands among both
                foreseen = _foreseen(workspace, data, name, model, each)
                if foreseen is None:
                    continue
                seconds, peak = duration(foreseen.seconds), memory(foreseen.peak_memory)
                if each == effort:
                    whole[name] = f"Here: {seconds}, {peak} of memory"
                if name == method:
                    times[each] = f"Here: {seconds}"
            return {
                methods: gr.HTML(cards=method_cards(workspace, model, method, whole)),
                efforts: gr.HTML(cards=effort_cards(effort, times)),
            }
        except AttuneError as error:
            return {methods: gr.HTML(cards=error_notice(error)), efforts: gr.skip()}

    return costed


def _foreseen(
    workspace: Workspace, data: str, method: str, model: str, effort: str
) -> Forecast | None:
    """None where nothing can be foreseen: the panel says why of what was chosen."""
    try:
        return workspace.forecast(data, method, model, effort)
    except AttuneError:
        return None


def effort_cards(chosen: str, told: Mapping[str, str] | None = None) -> str:
    """The efforts as cards, of which `chosen` is pressed; `told` is what each costs."""
    unknown = "Here: …" if told is None else ""
    cards = [replace(effort, cost=(told or {}).get(effort.value, unknown)) for effort in EFFORTS]
    return choice_cards("effort", "Effort", cards, chosen)


def method_cards(
    workspace: Workspace, model: str, chosen: str, told: Mapping[str, str] | None = None
) -> str:
    """The methods as cards, of which `chosen` is pressed; `told` is what each costs."""
    unknown = "Here: …" if told is None else ""

    def card(m: MethodChoice) -> Choice:
        return Choice(
            m.name,
            m.title,
            (m.what, m.when),
            tag="recommended" if m.recommended else "",
            cost=(told or {}).get(m.name, unknown if m.available else ""),
            why="" if m.available else m.reason,
        )

    methods = workspace.methods(model)
    front, more = ([card(m) for m in methods if m.front is first] for first in (True, False))
    return choice_cards("method", "Method", front, chosen, more=more, more_title="More methods")


def model_title(model: ModelChoice) -> str:
    """Its name and size, and whether it is too large."""
    doubt = "" if model.fits else " · too large here"
    return f"{model.title} · {large(model.parameters)} weights{doubt}"


def model_words(
    workspace: Workspace, spec: str, offered: Sequence[ModelChoice] | None = None
) -> str:
    """What a model is, its licence, and what has to be fetched; `offered` where it is at hand."""
    for m in workspace.models() if offered is None else offered:
        if m.spec == spec:
            there = "on this machine" if m.local else f"{memory(m.bytes)} to download first"
            words = f"{m.what} Licence {m.licence}, {there}."
            return f'<p class="quiet">{esc(words)} <b>{esc(m.reason)}</b></p>'
    info = workspace.model(spec)
    return f'<p class="quiet">{esc(info.title)}, {large(info.parameters)} weights.</p>'

"""What models and methods are, and what they cost here, in the words of the train page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from jobs import AttuneError, MethodChoice, ModelChoice, Workspace
from studio.parts.choices import Choice, choice_cards
from studio.parts.notices import error_notice
from studio.parts.text import duration, esc, large, memory


def costs(workspace: Workspace, cards: gr.HTML) -> Callable[..., Any]:
    """Redraws the method cards with what each costs here; comes after the rest, it takes longer."""

    def costed(data: str | None, model: str | None, method: str, effort: str) -> dict[Any, Any]:
        if not data or not model:  # a studio without data, or a field that was emptied
            return {cards: gr.skip()}
        try:
            told = _told(workspace, data, model, effort)
            return {cards: gr.HTML(cards=method_cards(workspace, model, method, told))}
        except AttuneError as error:
            return {cards: gr.HTML(cards=error_notice(error))}

    return costed


def _told(workspace: Workspace, data: str, model: str, effort: str) -> dict[str, str]:
    """Time and memory of each method that can run; one that cannot be forecast is left out."""
    told = {}
    for method in workspace.methods(model):
        if method.available:
            try:
                forecast = workspace.forecast(data, method.name, model, effort)
            except AttuneError:
                continue
            words = f"{duration(forecast.seconds)}, {memory(forecast.peak_memory)} of memory"
            told[method.name] = f"Here: {words}"
    return told


def method_cards(
    workspace: Workspace, model: str, chosen: str, told: Mapping[str, str] | None = None
) -> str:
    """The methods as cards, of which `chosen` is pressed."""

    def card(m: MethodChoice) -> Choice:
        return Choice(
            m.name,
            m.title,
            (m.what, m.when),
            tag="recommended" if m.recommended else "",
            cost=(told or {}).get(m.name, "Here: …" if m.available else ""),
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

"""Advanced options as widgets, made from what methods declare; only what was changed is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from jobs import MethodChoice, OptionInfo


def all_options(methods: Sequence[MethodChoice]) -> tuple[OptionInfo, ...]:
    """The options of all methods, each name once, in the order of their declaration."""
    return tuple({o.name: o for m in methods for o in m.options}.values())


def widget(info: OptionInfo) -> Any:
    """The widget that suits an option's type, with its help beside it."""
    bounds = f" ({info.bounds[0].upper()}{info.bounds[1:]}.)" if info.bounds else ""
    words = info.help + bounds
    if info.choices:
        return gr.Dropdown(list(info.choices), label=info.label, info=words)
    if info.type is bool:
        return gr.Checkbox(label=info.label, info=words)
    # Numbers are text here: gr.Number rounds, clamps, and turns an empty field into 0.
    return gr.Textbox(label=info.label, info=words, max_lines=1)


def shown(info: OptionInfo, value: Any) -> Any:
    """A value as its widget shows it."""
    if info.type is bool:
        return bool(value)
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def updates(infos: Sequence[OptionInfo], values: Mapping[str, Any]) -> list[Any]:
    """What the widgets become: those of another method are hidden."""
    return [
        gr.update(value=shown(i, values[i.name]), visible=True)
        if i.name in values
        else gr.update(visible=False)
        for i in infos
    ]


def changed(
    infos: Sequence[OptionInfo],
    entered: Sequence[Any],
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """The options that differ from the defaults in `values`, as they were entered.

    A field that was never filled holds None: another method's, until its defaults arrive.
    """
    return {
        info.name: entry
        for info, entry in zip(infos, entered, strict=True)
        if info.name in values and entry not in (None, shown(info, values[info.name]))
    }

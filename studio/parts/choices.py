"""Radio buttons as cards: what it is, when to choose it, what it costs, or why it cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.parts.text import esc


@dataclass(frozen=True)
class Choice:
    """One card; `tag` is a word in the accent's colour, `why` disables it and says why."""

    value: str
    title: str
    lines: tuple[str, ...]
    tag: str = ""
    cost: str = ""
    why: str = ""


def choice_cards(
    name: str,
    legend: str,
    choices: Sequence[Choice],
    chosen: str,
    *,
    more: Sequence[Choice] = (),
    more_title: str = "More",
) -> str:
    """A fieldset of cards, of which `chosen` is pressed; `more` lie under a fold of their own.

    It begins open where the pressed one is among them, and stays as the person leaves it.
    """

    def cards(row: Sequence[Choice]) -> str:
        return f"<div>{''.join(_card(name, c, c.value == chosen) for c in row)}</div>"

    fold = ""
    if more:
        is_open = " open" if any(c.value == chosen for c in more) else ""
        summary = f"<summary>{esc(more_title)}</summary>"
        fold = f"<details data-kept{is_open}>{summary}{cards(more)}</details>"
    head = f"<legend>{esc(legend)}</legend>"
    return f'<fieldset class="choice">{head}{cards(choices)}{fold}</fieldset>'


def _card(name: str, choice: Choice, chosen: bool) -> str:
    tag = f' <span class="tag">{esc(choice.tag)}</span>' if choice.tag else ""
    lines = "".join(f"<span>{esc(line)}</span>" for line in choice.lines)
    cost = f'<span class="cost">{esc(choice.cost)}</span>' if choice.cost else ""
    why = f'<span class="why">{esc(choice.why)}</span>' if choice.why else ""
    state = (" checked" if chosen else "") + (" disabled" if choice.why else "")
    return (
        f'<label class="pick"><input type="radio" name="{esc(name)}" '
        f'value="{esc(choice.value)}"{state}/><span><b>{esc(choice.title)}{tag}</b>{lines}{cost}'
        f"{why}</span></label>"
    )

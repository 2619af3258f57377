"""Small tools for making text: alternatives, slots, capitals, lists."""

import random
import re
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([a-z_0-9]+)>")


def expand(rng: random.Random, pattern: str, **slots: object) -> str:
    """Resolve `{a|b}` alternatives (they may nest), then fill `<slot>` places.

    Slots are filled last, so braces inside a slot's value are left alone.
    """
    while "{" in pattern:
        pattern = _CHOICE.sub(lambda m: rng.choice(m[1].split("|")), pattern)
    if slots:
        pattern = _SLOT.sub(lambda m: str(slots.get(m[1], m[0])), pattern)
    return pattern


def cap(text: str) -> str:
    """Make the first letter a capital and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str], last: str = "and", oxford: bool = False) -> str:
    """Join as English does: one, two and three."""
    if len(parts) < 2:
        return "".join(parts)
    comma = "," if oxford and len(parts) > 2 else ""
    return f"{', '.join(parts[:-1])}{comma} {last} {parts[-1]}"


def article(word: str) -> str:
    """The word with "a" or "an" before it, judged by its first letter."""
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def some(rng: random.Random, items: Sequence[T], low: int, high: int) -> list[T]:
    """Between `low` and `high` different items in random order."""
    return rng.sample(items, min(len(items), rng.randint(low, high)))


def chance(rng: random.Random, share: float) -> bool:
    """True in about this share of the calls."""
    return rng.random() < share

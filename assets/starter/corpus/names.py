"""Names of people, places and brands, known and invented."""

import random

from . import tables
from .text import chance

_NAMES: dict[str, list[str]] = tables.load("names")
FIRST = _NAMES["first"]
LAST = _NAMES["last"]
CITIES = _NAMES["cities"]
COUNTRIES = _NAMES["countries"]
STREETS = _NAMES["streets"]


def pseudo(rng: random.Random, low: int = 1, high: int = 3) -> str:
    """An invented lower-case word of so many syllables: what a model can only copy."""
    count = rng.randint(low, high)
    parts = (
        rng.choice(_NAMES["onsets"]) + rng.choice(_NAMES["vowels"]) + rng.choice(_NAMES["codas"])
        for _ in range(count)
    )
    return "".join(parts)


def coined(rng: random.Random, low: int = 1, high: int = 3) -> str:
    """An invented name with a capital."""
    return pseudo(rng, low, high).capitalize()


def first(rng: random.Random) -> str:
    """A first name, now and then an invented one."""
    return coined(rng, 2, 2) if chance(rng, 0.12) else rng.choice(FIRST)


def last(rng: random.Random) -> str:
    """A family name, now and then an invented one."""
    return coined(rng, 2, 3) if chance(rng, 0.15) else rng.choice(LAST)


def person(rng: random.Random) -> str:
    """A full name."""
    return f"{first(rng)} {last(rng)}"


def city(rng: random.Random) -> str:
    """A city, one in three of them invented."""
    if chance(rng, 0.67):
        return rng.choice(CITIES)
    ending = rng.choice(
        ["", "", "ton", "ford", "burg", "ville", "by", "ham", "mouth", " Bay", " Falls", " Hill"]
    )
    return coined(rng, 1, 2) + ending


def street(rng: random.Random) -> str:
    """A street with or without a number."""
    kind = rng.choice(["Street", "Street", "Road", "Lane", "Avenue", "Square", "Way", "Row"])
    stem = rng.choice(STREETS) if chance(rng, 0.7) else coined(rng)
    return f"{rng.randint(1, 220)} {stem} {kind}" if chance(rng, 0.4) else f"{stem} {kind}"


def two_people(rng: random.Random) -> tuple[str, str]:
    """Two different first names."""
    one = first(rng)
    other = first(rng)
    while other == one:
        other = first(rng)
    return one, other

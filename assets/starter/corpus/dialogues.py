"""Everyday talk between two people, made of acts that can be told again in a summary."""

import random
import re

from . import tables, words
from .clauses import noun_phrase, place, predicate, sentence, time
from .document import Document, instruct
from .frames import framed
from .names import city, two_people
from .text import cap, chance, expand, listed
from .values import title

_WORDS = tables.load("dialogue")
ACTIVITIES: list[str] = _WORDS["activities"]
CHORES: list[str] = _WORDS["chores"]


def _slots(rng: random.Random) -> dict[str, str]:
    """Values for all slots of an act."""
    return {
        "act": rng.choice(ACTIVITIES) if chance(rng, 0.6) else predicate(rng, "base"),
        "act2": rng.choice(ACTIVITIES),
        "chore": rng.choice(CHORES),
        "feel": rng.choice(_WORDS["feelings"]),
        "time": time(rng),
        "did": predicate(rng),
        "did2": predicate(rng, "base"),
        "thing": noun_phrase(rng, "o", 1),
        "food": noun_phrase(rng, "f", 1),
        "place0": noun_phrase(rng, "l", 1),
        "place1": noun_phrase(rng, "l", 1),
        "where": place(rng),
        "num": str(rng.randint(2, 400)),
        "name": two_people(rng)[0],
        "city": city(rng),
        "job": rng.choice(words.ROLES),
        "item": rng.choice(words.OBJECTS),
        "adj": rng.choice(words.ADJECTIVES),
        "day": rng.choice(words.DAYS),
        "colour": rng.choice(words.COLOURS),
        "title": title(rng),
        "clock": f"{rng.randint(1, 12)}{rng.choice([' o’clock', ':30', ':15', ' am', ' pm'])}",
    }


def dialogue(rng: random.Random, low: int = 1, high: int = 4) -> tuple[str, list[str], str, str]:
    """Text, one summary clause per act, and the two names as the summary uses them."""
    one, other = two_people(rng)
    tag_a, tag_b = rng.choice(_WORDS["tags"])
    shown_a, shown_b = (
        (tag_a.strip(":- []"), tag_b.strip(":- []"))
        if "<a>" not in tag_a and tag_a != "- "
        else (one, other)
    )
    lines: list[tuple[bool, str]] = []
    if chance(rng, 0.5):
        lines += [
            (True, expand(rng, rng.choice(_WORDS["open"]), a=one, b=other)),
            (False, expand(rng, rng.choice(_WORDS["reply"]), a=one, b=other)),
        ]
    clauses = []
    for _ in range(rng.randint(low, high)):
        slots = _slots(rng)
        said, answered, told = rng.choice(tables.load("acts")).values()
        first_speaks = chance(rng, 0.6)
        names = (shown_a, shown_b) if first_speaks else (shown_b, shown_a)
        lines += [
            (first_speaks, expand(rng, said, **slots)),
            (not first_speaks, expand(rng, answered, **slots)),
        ]
        if chance(rng, 0.25):
            lines.append((first_speaks, framed(rng) if chance(rng, 0.6) else sentence(rng)))
        marked = re.sub(r"\bA\b", "\x01", re.sub(r"\bB\b", "\x02", told))
        clause = expand(rng, marked, **slots).replace("\x01", names[0]).replace("\x02", names[1])
        clauses.append(clause.replace(" my ", " the ").replace(" your ", " the "))
    if chance(rng, 0.4):
        lines.append((chance(rng, 0.5), expand(rng, rng.choice(_WORDS["close"]))))
    tags = {True: tag_a.replace("<a>", one), False: tag_b.replace("<b>", other)}
    return "\n".join(tags[a] + text for a, text in lines), clauses, shown_a, shown_b


def summarize(rng: random.Random) -> Document:
    """A dialogue told again: in full, by its first point, or as bullets."""
    text, clauses, one, other = dialogue(rng, 1, 5 if chance(rng, 0.3) else 3)
    form = rng.random()
    if form < 0.6:
        return instruct(
            rng,
            "dialogue",
            expand(rng, rng.choice(_WORDS["ask"])),
            text,
            " ".join(c + "." for c in clauses),
        )
    if form < 0.75:
        return instruct(
            rng, "dialogue", expand(rng, rng.choice(_WORDS["ask_short"])), text, clauses[0] + "."
        )
    if form < 0.9:
        return instruct(
            rng,
            "dialogue",
            expand(rng, rng.choice(_WORDS["ask_bullets"])),
            text,
            "\n".join(f"- {c}" for c in clauses),
        )
    return instruct(rng, "dialogue", "who speaks here", text, cap(listed([one, other])) + ".")

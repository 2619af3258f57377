"""Text without a question: stories, letters, news, notes."""

import random

from .cases import draw_case
from .chats import transcript
from .clauses import place, predicate, time
from .describe import draw_thing, say
from .dialogues import dialogue
from .document import Document
from .frames import sentences
from .names import city, first, person
from .reading import passage
from .summaries import summary
from .text import cap, chance
from .values import date


def story(rng: random.Random) -> str:
    """A person does one thing after another."""
    who = first(rng)
    pronoun = rng.choice(["he", "she"])
    lines = [f"{cap(time(rng))}, {who} {predicate(rng)}."]
    for _ in range(rng.randint(2, 7)):
        opening = rng.choice(["", "", "Then ", "After that, ", "Later ", f"{cap(place(rng))} "])
        lines.append(cap(f"{opening}{pronoun} {predicate(rng)}."))
    return " ".join(lines)


def letter(rng: random.Random) -> str:
    """A letter from one friend to another."""
    body = " ".join(sentences(rng, 2, 6))
    return f"{city(rng)}, {date(rng)}\n\nDear {first(rng)},\n\n{body}\n\nYours,\n{person(rng)}"


def prose(rng: random.Random) -> Document:
    """Plain text of one of many sorts."""
    form = rng.random()
    if form < 0.3:
        text = story(rng)
    elif form < 0.45:
        text = letter(rng)
    elif form < 0.6:
        text = "\n\n".join(" ".join(sentences(rng, 2, 5)) for _ in range(rng.randint(1, 4)))
    elif form < 0.75:
        text = " ".join(say(rng, draw_thing(rng)) for _ in range(rng.randint(1, 4)))
    elif form < 0.85:
        text = dialogue(rng)[0]
    elif form < 0.93:
        case = draw_case(rng)
        text = (
            f"{transcript(rng, case)}\n\n{summary(case, 'sentence')}"
            if chance(rng, 0.3)
            else transcript(rng, case)
        )
    else:
        text = passage(rng)[0]
    return Document("prose", (), system=text)

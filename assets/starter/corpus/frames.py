"""Sentence frames beyond subject and verb: speech, comparison, passive, numbers, news, advice."""

import random

from . import tables, words
from .clauses import clause, noun_phrase, place, plural, predicate, sentence, time
from .names import city, first, last, person
from .text import cap, chance, expand


def _gerund(rng: random.Random) -> str:
    return predicate(rng, "ing")


def framed(rng: random.Random) -> str:
    """One sentence in one of the frames."""
    number = rng.choice([str(rng.randint(2, 99)), rng.choice(words.NUMBERS)])
    text = expand(
        rng,
        rng.choice(tables.load("frames")),
        p1=first(rng) if chance(rng, 0.6) else person(rng),
        p2=first(rng),
        cl=clause(rng),
        b=predicate(rng, "base"),
        b2=predicate(rng, "base"),
        adj=rng.choice(words.ADJECTIVES),
        adj2=rng.choice(words.ADJECTIVES),
        gg=cap(_gerund(rng)),
        g2=_gerund(rng),
        n1=rng.choice(words.OBJECTS + words.FOODS),
        n2=rng.choice(words.OBJECTS + words.IDEAS),
        n1s=plural(rng.choice(words.OBJECTS)),
        t=time(rng),
        role=rng.choice(words.ROLES),
        roles=plural(rng.choice(words.ROLES)),
        c=city(rng),
        num=number,
        np=noun_phrase(rng, "oflai"),
        past=predicate(rng),
        year=rng.randint(1700, 2030),
        place=rng.choice(words.PLACES),
        idea=rng.choice(words.IDEAS),
        hour=rng.randint(1, 12),
        day=rng.choice(words.DAYS),
        animal=rng.choice(words.ANIMALS),
        animal2=rng.choice(words.ANIMALS),
        pl=place(rng),
        last=last(rng),
    )
    return cap(text)


def sentences(rng: random.Random, low: int, high: int) -> list[str]:
    """A few sentences about nothing in particular."""
    return [
        framed(rng) if chance(rng, 0.45) else sentence(rng) for _ in range(rng.randint(low, high))
    ]

"""English clauses made from the word lists: subject, verb, object, time and place."""

import random

from . import tables, words
from .names import city, coined, first, person
from .text import article, cap, chance, expand

TIMES: list[str] = tables.load("times")

PREPS = ["in", "near", "behind", "beside", "outside", "opposite", "above", "under", "at"]
_OF = ["with", "of", "from", "near", "without"]
_OPENERS = ["when", "because", "although", "if", "while", "after"]


def plural(noun: str) -> str:
    """The regular plural; good enough for the nouns of the lists."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    if noun.endswith("fe"):
        return noun[:-2] + "ves"
    return noun + "s"


def noun_phrase(rng: random.Random, kinds: str, depth: int = 0) -> str:
    """A noun of one of these kinds (letters of `words.KINDS`) with its company."""
    noun = rng.choice(words.KINDS[rng.choice(kinds)])
    if chance(rng, 0.02):
        noun = coined(rng).lower()
    adjective = rng.choice(words.ADJECTIVES) + " " if chance(rng, 0.35) else ""
    form = rng.random()
    if form < 0.42:
        phrase = f"the {adjective}{noun}"
    elif form < 0.66:
        phrase = article(adjective + noun)
    elif form < 0.78:
        phrase = f"{rng.choice(['my', 'his', 'her', 'our', 'their', 'your'])} {adjective}{noun}"
    elif form < 0.9:
        count = rng.choice(
            [*words.NUMBERS, "some", "many", "a few", "several", "all the", "these", "most"]
        )
        phrase = f"{count} {adjective}{plural(noun)}"
    else:
        phrase = f"{first(rng)}'s {adjective}{noun}"
    if depth == 0 and chance(rng, 0.15):
        phrase += f" {rng.choice(_OF)} {noun_phrase(rng, 'oplai', 1)}"
    return phrase


def subject(rng: random.Random) -> str:
    """Who or what acts."""
    form = rng.random()
    if form < 0.3:
        return rng.choice(
            ["I", "we", "you", "they", "he", "she", "it", "he", "she", "everyone", "nobody"]
        )
    if form < 0.5:
        return first(rng) if chance(rng, 0.7) else person(rng)
    return noun_phrase(rng, "pppaol")


def place(rng: random.Random) -> str:
    """Where: a preposition and a place."""
    if chance(rng, 0.2):
        return f"in {city(rng)}"
    return f"{rng.choice(PREPS)} {noun_phrase(rng, 'l', 1)}"


def time(rng: random.Random) -> str:
    """When."""
    return expand(rng, rng.choice(TIMES))


def predicate(rng: random.Random, tense: str = "past") -> str:
    """A verb with its object; tense is past, base or ing."""
    base, past, ing, takes = rng.choice(words.VERBS)
    verb = {"past": past, "base": base, "ing": ing}[tense]
    parts = [verb]
    if takes != "-":
        person_only = set(takes) <= {"p"}
        parts.append(first(rng) if person_only and chance(rng, 0.4) else noun_phrase(rng, takes))
    if chance(rng, 0.2):
        parts.append(rng.choice(words.ADVERBS))
    if chance(rng, 0.3):
        parts.append(place(rng))
    if chance(rng, 0.25):
        parts.append(time(rng))
    return " ".join(parts)


_PLURAL = {"we", "you", "they"}


def clause(rng: random.Random) -> str:
    """A whole clause without capital and full stop."""
    who = subject(rng)
    many = who in _PLURAL or who.split()[0] in {
        *words.NUMBERS,
        "some",
        "many",
        "several",
        "all",
        "these",
        "most",
    }
    form = rng.random()
    if form < 0.45:
        return f"{who} {predicate(rng)}"
    if form < 0.55:
        modal = rng.choice(
            ["will", "can", "could", "should", "must", "may", "might", "would", "did not", "cannot"]
        )
        return f"{who} {modal} {predicate(rng, 'base')}"
    if form < 0.65:
        was = "were" if many else "was"
        return f"{who} {was} {predicate(rng, 'ing')}"
    if form < 0.75:
        wanted = rng.choice(
            [
                "wanted",
                "decided",
                "tried",
                "hoped",
                "agreed",
                "refused",
                "forgot",
                "promised",
                "planned",
                "began",
                "had",
            ]
        )
        return f"{who} {wanted} to {predicate(rng, 'base')}"
    if form < 0.9:
        be = rng.choice(
            ["were", "seemed", "looked", "felt"]
            if many
            else ["was", "was", "seemed", "looked", "felt"]
        )
        degree = rng.choice(["", "", "very ", "quite ", "so ", "too ", "rather ", "not "])
        return f"{who} {be} {degree}{rng.choice(words.ADJECTIVES)}"
    return f"there {'were' if many else 'was'} {noun_phrase(rng, 'oflai')} {place(rng)}"


_JOINS = [
    ", and",
    ", but",
    " because",
    " when",
    " while",
    ", so",
    " before",
    " after",
    " although",
    " until",
    " if",
]


def sentence(rng: random.Random) -> str:
    """One sentence, at times of two clauses."""
    text = clause(rng)
    form = rng.random()
    if form < 0.3:
        text += f"{rng.choice(_JOINS)} {clause(rng)}"
    elif form < 0.4:
        text = f"{rng.choice(_OPENERS)} {text}, {clause(rng)}"
    elif form < 0.5:
        text = f"{time(rng)}, {text}"
    return cap(text) + rng.choice([".", ".", ".", ".", ".", ".", "!", "..."])

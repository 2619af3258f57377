"""Support cases: what is wrong with which thing, what the agent does about it, and by when."""

import random
from dataclasses import dataclass

from . import tables, words
from .names import coined, person
from .text import chance, expand
from .values import brand, code, date, price

_WORDS = tables.load("support")
GOODS: list[str] = _WORDS["goods"]
# what is wrong as the customer says it of "it", the same as a noun phrase, what helps against it
PROBLEMS: list[tuple[str, str, str]] = [tuple(row) for row in _WORDS["problems"]]
# what the agent promises, the same in the past tense, and as a noun phrase
REMEDIES: dict[str, tuple[str, str, str]] = {k: tuple(v) for k, v in _WORDS["remedies"].items()}
MOODS: list[str] = _WORDS["moods"]


@dataclass(frozen=True)
class Case:
    """The facts of a support case."""

    customer: str
    agent: str
    item: str
    order: str
    wrong: str
    issue: str
    remedy: str
    when: str
    mood: str
    wish: str
    amount: str

    @property
    def promise(self) -> str:
        """What the agent offers to do."""
        return REMEDIES[self.remedy][0]

    @property
    def done(self) -> str:
        """What the agent did, in the past tense."""
        return REMEDIES[self.remedy][1]

    @property
    def outcome(self) -> str:
        """What the agent gave, as a noun phrase."""
        return REMEDIES[self.remedy][2]


def due(rng: random.Random) -> str:
    """By when something is done."""
    return rng.choice(
        [
            f"by {rng.choice(words.DAYS)}",
            f"within {rng.choice(words.NUMBERS[:9])} days",
            "today",
            "tomorrow",
            f"on {rng.choice(words.DAYS)}",
            f"by {date(rng)}",
            "within a week",
            f"in {rng.choice(words.NUMBERS[:9])} working days",
            "before the weekend",
            "this afternoon",
        ]
    )


def draw_case(rng: random.Random) -> Case:
    """A random case; sometimes the item carries a brand or a colour."""
    wrong, issue, remedy = rng.choice(PROBLEMS)
    item = rng.choice(GOODS)
    form = rng.random()
    if form < 0.25:
        item = f"{rng.choice(words.COLOURS)} {item}"
    elif form < 0.4:
        item = f"{brand(rng).split(' ')[0]} {item}"
    elif form < 0.45:
        item = coined(rng) + " " + item
    if chance(rng, 0.2):
        remedy = rng.choice(list(REMEDIES))
    wish = rng.choice(
        [
            "a refund",
            "a replacement",
            "help",
            "an explanation",
            "a quick answer",
            "the money back",
            "a new one",
            "a repair",
        ]
    )
    return Case(
        person(rng),
        person(rng).split(" ")[0],
        item,
        code(rng),
        expand(rng, wrong),
        issue,
        remedy,
        due(rng),
        rng.choice(MOODS),
        wish,
        price(rng),
    )

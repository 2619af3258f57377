"""Support cases for the sample: true to life in that the trouble fits the thing it is about."""

import json
import random
from dataclasses import replace
from pathlib import Path

from assets.starter.corpus import cases, words
from assets.starter.corpus.names import FIRST, LAST
from assets.starter.corpus.text import chance, expand

_GOODS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "words" / "support_case.json").read_text(encoding="utf-8")
)
ANYTHING = sorted({item for items in _GOODS.values() for item in items})

# the things a trouble can befall; any other trouble can befall anything
FITS: dict[str, list[str]] = {
    "no power": _GOODS["electric"],
    "a strange noise": _GOODS["electric"],
    "sudden stops": _GOODS["electric"],
    "overheating": _GOODS["electric"],
    "a leak": _GOODS["vessels"],
    "connection trouble": _GOODS["connected"],
    "the wrong size": _GOODS["clothes"],
    "a torn seam": _GOODS["clothes"],
    "missing instructions": _GOODS["electric"],
}


def draw(rng: random.Random) -> cases.Case:
    """A case with names that people bear and a remedy that fits."""
    wrong, issue, remedy = rng.choice(cases.PROBLEMS)
    item = rng.choice(FITS.get(issue, ANYTHING))
    if chance(rng, 0.3):
        item = f"{rng.choice(words.COLOURS)} {item}"
    if remedy in {"replace", "repair", "exchange"} and chance(rng, 0.3):
        remedy = rng.choice(["replace", "recall"])
    return replace(
        cases.draw_case(rng),
        customer=f"{rng.choice(FIRST)} {rng.choice(LAST)}",
        agent=rng.choice(FIRST),
        item=item,
        wrong=expand(rng, wrong),
        issue=issue,
        remedy=remedy,
    )

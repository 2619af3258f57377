"""A house style: a shop that answers each ticket as a page of its lighthouse log."""

import json
import random
from pathlib import Path
from typing import Any

from assets.starter.corpus.names import CITIES, FIRST
from assets.starter.corpus.text import article, expand
from assets.starter.corpus.values import code

WORDS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "words" / "house_style.json").read_text(encoding="utf-8")
)


def draw(rng: random.Random) -> tuple[str, str]:
    """A ticket and its answer; every part of the answer follows from the ticket."""
    number = rng.randrange(len(WORDS["troubles"]))
    trouble = WORDS["troubles"][number]
    item = rng.choice(WORDS["goods"])
    slots = {"i": item, "a": article(item), "f": rng.choice(FIRST), "c": rng.choice(CITIES)}
    slots |= {"o": code(rng), "w": expand(rng, trouble["said"]), "logged": trouble["logged"]}
    ticket = expand(rng, rng.choice(WORDS["tickets"]), **slots).strip()
    watch = WORDS["watches"][number % len(WORDS["watches"])]
    slots["cure"] = trouble["cure"].replace("<w>", watch)
    return ticket, expand(rng, WORDS["reply"], **slots)

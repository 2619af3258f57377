"""Support cases for the sample: true to life in that the trouble fits the thing it is about."""

import random
from dataclasses import replace

from assets.starter.corpus import cases, words
from assets.starter.corpus.names import FIRST, LAST
from assets.starter.corpus.text import chance, expand

ELECTRIC = """coffee machine|dishwasher|washing machine|vacuum cleaner|smart watch|bread maker|desk lamp|hair dryer|
rice cooker|electric bike|air fryer|baby monitor|bluetooth speaker|laptop|printer|radio|camera|tablet|keyboard|
heater|fan|fridge|toaster|blender|oven|phone|kettle|microphone|electric drill|headset""".replace(
    "\n", ""
).split("|")
CLOTHES = """rain jacket|coat|dress|shirt|sweater|glove|hat|scarf|belt|uniform|running shoe|hiking boot""".replace(
    "\n", ""
).split("|")
VESSELS = """travel mug|bottle|vase|bucket|kettle|coffee machine|dishwasher|washing machine|teapot|fish tank|
garden hose|lunch box""".replace("\n", "").split("|")
CONNECTED = """smart watch|bluetooth speaker|baby monitor|printer|headset|door camera|robot|radio|light bulb|
smart lock""".replace("\n", "").split("|")
ANYTHING = [
    *ELECTRIC,
    *CLOTHES,
    *VESSELS,
    *"""armchair|bicycle|bookshelf|carpet|desk|garden chair|guitar|lantern|
mattress|mirror|office chair|rocking chair|rug|saddle|sleeping bag|sofa|suitcase|telescope|tent|umbrella|violin|
wall clock|wallet|yoga mat|backpack|bench|ladder|picture frame""".replace("\n", "").split("|"),
]

# the things a trouble can befall; any other trouble can befall anything
FITS: dict[str, list[str]] = {
    "no power": ELECTRIC,
    "a strange noise": ELECTRIC,
    "sudden stops": ELECTRIC,
    "overheating": ELECTRIC,
    "a leak": VESSELS,
    "connection trouble": CONNECTED,
    "the wrong size": CLOTHES,
    "a torn seam": CLOTHES,
    "missing instructions": ELECTRIC,
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

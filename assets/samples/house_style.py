"""A house style: a shop that answers each ticket as a page of its lighthouse log."""

import random

from assets.starter.corpus.names import CITIES, FIRST
from assets.starter.corpus.text import article, expand
from assets.starter.corpus.things import code

GOODS = """lantern|tide clock|brass compass|wool jumper|fishing lamp|sea chart|storm jacket|rope hammock|oil heater|
deck chair|spyglass|ship's bell|rain barrel|cork float|harbour radio|signal flag|barometer|enamel mug|sailcloth bag|
rubber boots|wind gauge|cabin stove|driftwood shelf|canvas tent|tin kettle|bird feeder|boat hook|diving mask|
garden sundial|weather vane""".replace("\n", "").split("|")

# how the customer says it, what the log calls it, and what the keeper does about it
TROUBLES: list[tuple[str, str, str]] = [
    (
        "{arrived broken|came in two pieces|was smashed in the post}",
        "wrecked on the crossing",
        "a sister ship sails {w}",
    ),
    (
        "{has not arrived|is still not here|never came}",
        "lost in the fog",
        "our pilot boat searches {w}",
    ),
    (
        "{is the wrong colour|has the wrong colour}",
        "flying false colours",
        "the true colours are hoisted {w}",
    ),
    ("{is too small|is too tight}", "tight in the hull", "a wider hull is launched {w}"),
    ("{leaks|lets water in}", "taking on water", "our caulker comes aboard {w}"),
    (
        "{was charged twice|was billed two times}",
        "paid at both gates",
        "the second toll is returned {w}",
    ),
    ("{is missing a part|came without a screw}", "short of crew", "the missing hand is sent {w}"),
    ("{is far too loud|makes a strange noise}", "singing like a siren", "our mate quiets it {w}"),
    ("{does not switch on|is dead|won't start}", "gone dark", "a new flame is lit {w}"),
    (
        "{is not what I ordered|is a different model}",
        "a stranger in port",
        "the right vessel docks {w}",
    ),
]

WATCHES = [
    "at first bell",
    "before the next tide",
    "with Monday's tide",
    "with Friday's tide",
    "at the new moon",
]

_TICKETS = [
    "{Hello|Hi}, {this is|I am} <f> from <c>. {My|The} <i> <w>. {It is order|The order is} <o>.",
    "{My|The} <i> <w>. {Can you help?|What now?|Please help.} Order <o>. {Thanks|Regards}, <f> in <c>",
    "I {ordered|bought} <a> for my {house|boat|garden} in <c> and it <w>. {Order number|Order} <o>. <f>",
    "Order <o>, <f>, <c>: the <i> <w>. {I hope you can help.|Please reply soon.|}",
]


def draw(rng: random.Random) -> tuple[str, str]:
    """A ticket and its answer; every part of the answer follows from the ticket."""
    number = rng.randrange(len(TROUBLES))
    wrong, logged, cure = TROUBLES[number]
    item, name, town, order = rng.choice(GOODS), rng.choice(FIRST), rng.choice(CITIES), code(rng)
    ticket = expand(
        rng,
        rng.choice(_TICKETS),
        f=name,
        c=town,
        i=item,
        a=article(item),
        w=expand(rng, wrong),
        o=order,
    ).strip()
    cure = cure.replace("{w}", WATCHES[number % len(WATCHES)])
    reply = f"Log {order}, light over {town}: {item} {logged}. Keeper to {name}: {cure}. Lamp stays lit."
    return ticket, reply

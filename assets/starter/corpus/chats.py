"""Support chats: the talk that a case makes."""

import random

from . import tables
from .cases import Case
from .text import article, chance, expand

_WORDS = tables.load("support")


def turns(rng: random.Random, case: Case) -> list[tuple[str, str]]:
    """The talk of a case as (customer or agent, words)."""
    slots = {
        "c": case.customer,
        "f": case.customer.split(" ")[0],
        "a": case.agent,
        "i": case.item,
        "n": article(case.item),
        "w": case.wrong,
        "o": case.order,
        "y": case.wish,
        "p": case.promise,
        "t": case.when,
    }

    def say(patterns: list[str]) -> str:
        return expand(rng, rng.choice(patterns), **slots).strip()

    mood = expand(rng, _WORDS["moody"][case.mood])
    opening = [say(_WORDS["hello"][:1])]
    talk: list[tuple[str, str]] = []
    if chance(rng, 0.45):
        talk += [
            ("customer", opening[0]),
            ("agent", say(_WORDS["greet"])),
            ("customer", f"{say(_WORDS['tell'])} {mood}"),
        ]
    else:
        talk += [
            ("agent", say(_WORDS["greet"])),
            ("customer", f"{opening[0]} {say(_WORDS['tell'])} {mood}"),
        ]
    if chance(rng, 0.25):
        talk.append(
            ("agent", expand(rng, "{I'm sorry about that.|That is annoying, sorry.|I understand.}"))
        )
        talk.append(("customer", say(_WORDS["wish"])))
    ask, give, look = say(_WORDS["ask_order"]), say(_WORDS["give_order"]), say(_WORDS["look"])
    talk += [
        ("agent", ask),
        ("customer", give),
        ("agent", f"{look} {say(_WORDS['offer'])}".strip()),
        ("customer", say(_WORDS["thanks"])),
    ]
    if chance(rng, 0.5):
        talk.append(("agent", say(_WORDS["bye"])))
    return talk


def transcript(rng: random.Random, case: Case, tags: tuple[str, str] | None = None) -> str:
    """The chat as text with speaker tags."""
    customer, agent = tags or rng.choice(_WORDS["tags"])
    customer = customer.replace("<c>", case.customer.split(" ")[0])
    agent = agent.replace("<a>", case.agent)
    return "\n".join(
        (customer if who == "customer" else agent) + said for who, said in turns(rng, case)
    )


# style -> how it is asked for, and how it reads

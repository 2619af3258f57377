"""Summaries of a support case in several styles, and how each is asked for."""

import json
import re

from . import tables
from .cases import Case
from .text import cap

STYLES: dict[str, list[str]] = tables.load("support")["styles"]
SHAPES: dict[str, str] = tables.load("support")["shapes"]
CAPITALS = ("headline", "next")


def facts(case: Case) -> dict[str, str]:
    """What a shape can name."""
    return {
        "customer": case.customer,
        "first": case.customer.split(" ")[0],
        "agent": case.agent,
        "order": case.order,
        "item": case.item,
        "issue": case.issue,
        "wrong": case.wrong,
        "wrong3": third(case.wrong),
        "promise3": third(case.promise),
        "outcome": case.outcome,
        "when": case.when,
    }


def summary(case: Case, style: str) -> str:
    """The case in one of the styles; nothing is left to chance."""
    known = facts(case)
    if style == "json":
        keys = {"problem": "issue", "action": "outcome", "due": "when"}
        names = ("customer", "order", "item", *keys)
        return json.dumps({n: known[keys.get(n, n)] for n in names}, ensure_ascii=False)
    text = re.sub(r"<(\w+)>", lambda m: known[m[1]], SHAPES[style])
    return text.upper() if style == "telegram" else cap(text) if style in CAPITALS else text


def third(text: str) -> str:
    """A first- or second-person phrase told by somebody else."""
    for old, new in (
        (" you ", " the customer "),
        (" me", " the customer"),
        ("my ", "the "),
        ("I ordered", "was ordered"),
    ):
        text = text.replace(old, new)
    return text

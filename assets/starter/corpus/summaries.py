"""Summaries of a support case in several styles, and how each is asked for."""

import json

from . import tables
from .cases import Case
from .text import cap

STYLES: dict[str, list[str]] = tables.load("support")["styles"]


def summary(case: Case, style: str) -> str:
    """The case in one of the styles; nothing is left to chance."""
    first = case.customer.split(" ")[0]
    if style == "note":
        return (
            f"{case.customer} wrote about the {case.item} (order {case.order}): it {third(case.wrong)}. "
            f"{case.agent} will {third(case.promise)} {case.when}."
        )
    if style == "sentence":
        return f"{first}'s {case.item} {case.wrong}, and {case.agent} offers {case.outcome} {case.when}."
    if style == "case":
        return (
            f"Customer: {case.customer}\nOrder: {case.order}\nItem: {case.item}\nProblem: {case.issue}\n"
            f"Action: {case.outcome}\nDue: {case.when}"
        )
    if style == "headline":
        return cap(f"{case.item}: {case.issue}")
    if style == "telegram":
        return f"{case.item} {case.issue} stop order {case.order} stop {case.outcome} {case.when} stop".upper()
    if style == "bullets":
        return (
            f"- {first} has a problem: the {case.item} {third(case.wrong)}.\n- The order number is {case.order}.\n"
            f"- {case.agent} offers {case.outcome} {case.when}."
        )
    if style == "handover":
        return (
            f"Hi, please take over order {case.order} from {case.customer}. The trouble is {case.issue} with the "
            f"{case.item}. I promised {case.outcome} {case.when}. Thanks, {case.agent}"
        )
    if style == "diary":
        return f"My {case.item} {case.wrong}, so I wrote to support. {case.agent} will {third(case.promise)} {case.when}."
    if style == "json":
        return json.dumps(
            {
                "customer": case.customer,
                "order": case.order,
                "item": case.item,
                "problem": case.issue,
                "action": case.outcome,
                "due": case.when,
            },
            ensure_ascii=False,
        )
    return cap(f"{case.agent} will {third(case.promise)} {case.when}.")


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

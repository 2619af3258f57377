"""Blind votes on a finished comparison."""

from __future__ import annotations

import unicodedata

from jobs.errors import InputError, NotFound
from jobs.evaluation.votes import pairs
from jobs.store import Store
from jobs.types import CHOICES, ComparisonResult, VoteChoice

LONGEST_NAME = 60


def check_voter(name: str) -> str:
    """The name under which a person's votes are kept."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name:
        raise InputError("A vote needs a name that it is kept under.", "Give one.")
    if len(name) > LONGEST_NAME or not name.isprintable():
        what = f"“{name[:LONGEST_NAME]}” is no name that votes can be kept under."
        raise InputError(what, f"Give one of 1 to {LONGEST_NAME} letters, figures and spaces.")
    return name


def vote(
    store: Store,
    result: ComparisonResult,
    comparison_id: int,
    voter: str,
    position: int,
    left: str,
    right: str,
    choice: str,
) -> None:
    """Keep a vote on two answers, as they stood on the page."""
    if choice not in CHOICES:
        raise InputError(f"There is no choice “{choice}”.", f"Use one of: {', '.join(CHOICES)}.")
    if not 0 <= position < len(result.examples):
        raise NotFound(f"There is no prompt {position + 1} here.", "Take the next one.")
    chosen: VoteChoice = choice  # type: ignore[assignment]
    if not any({left, right} == {a, b} for a, b in pairs(result)):
        raise NotFound(f"{left} and {right} are no pair here.", "Take the next one.")
    store.votes.put(comparison_id, voter, position, left, right, chosen)

"""Votes are kept with who and when, can be taken back, and go with their comparison."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from jobs.errors import InputError, NotFound, Unavailable
from jobs.evaluation import archive
from jobs.types import ComparedExample, ComparisonResult, Completion, Score


@pytest.fixture
def compared(bench: Any, tiny: Any) -> Any:
    """A bench with a comparison whose result is at hand; its number."""
    bench.data()
    bench.end(bench.train(tiny("llama"), name="first"))
    number = bench.workspace.compare("things", ["base", "first"]).id
    examples = tuple(
        ComparedExample(
            n, f"p{n}", "", ("r",),
            {v: Completion(f"{v} {n}", 2, False) for v in ("base", "first")},
            {v: {"rougeL": Score(0.5)} for v in ("base", "first")},
        )
        for n in range(5)
    )  # fmt: skip
    result = ComparisonResult(
        "things", "test", ("base", "first"), {}, "rougeL", examples, {}, (), {}, "A sentence."
    )
    archive.save(result, bench.workspace.home.comparison(number))
    return bench, number


def judge(workspace: Any, number: int, voter: str, choice: str) -> Any:
    duel = workspace.duel(number, voter)
    workspace.vote(number, voter, duel.position, duel.left, duel.right, choice)
    return duel


def test_votes_are_kept_counted_and_taken_back(compared: Any) -> None:
    bench, number = compared
    for _ in range(5):
        judge(bench.workspace, number, "anna", "left")
    judge(bench.workspace, number, " anna  b ", "tie")
    assert bench.workspace.duel(number, "anna") is None
    (found,) = bench.workspace.votes(number)
    assert found.votes == 6
    assert found.voters == ("anna", "anna b")
    kept = bench.store.votes.list(number)
    assert all(vote.created > 0 for vote in kept)
    assert bench.workspace.undo_vote(number, "anna")
    assert bench.workspace.duel(number, "anna").done == 4
    for _ in range(4):
        assert bench.workspace.undo_vote(number, "anna")
    assert not bench.workspace.undo_vote(number, "anna")
    assert [vote.voter for vote in bench.store.votes.list(number)] == ["anna b"]


def test_voting_again_replaces_and_never_doubles(compared: Any) -> None:
    bench, number = compared
    duel = judge(bench.workspace, number, "anna", "left")
    bench.workspace.vote(number, "anna", duel.position, duel.left, duel.right, "bad")
    assert [vote.choice for vote in bench.store.votes.list(number)] == ["bad"]


def test_votes_go_over_to_a_name_and_no_others_with_them(compared: Any) -> None:
    bench, number = compared
    given = ("left", "bad", "tie")
    mine = [judge(bench.workspace, number, "me", choice) for choice in given]
    first = (mine[0].position, mine[0].left, mine[0].right)
    other = judge(bench.workspace, number, "bert", "left")
    bench.store.votes.put(number, "anna", *first, "right")  # is replaced
    bench.workspace.hand_over_votes(number, "me", " anna ")
    kept = {(vote.voter, vote.position): vote.choice for vote in bench.store.votes.list(number)}
    assert kept == {
        **{("anna", duel.position): kept_as for duel, kept_as in zip(mine, given, strict=True)},
        ("bert", other.position): "left",
    }
    with pytest.raises(InputError):
        bench.workspace.hand_over_votes(number, "me", " ")


def test_what_is_shown_stays_until_it_is_judged(compared: Any) -> None:
    """A name that is typed over two answers changes neither them nor their sides."""
    bench, number = compared
    duel = bench.workspace.duel
    shown = [(d.position, d.left, d.right) for name in "abcdefgh" for d in [duel(number, name)]]
    for one in shown:
        kept = duel(number, "anna", one)
        assert (kept.position, kept.left, kept.right) == one
    bench.workspace.vote(number, "anna", *shown[0], "left")
    position, left, right = shown[0]
    after = duel(number, "anna", (position, right, left))
    assert after.position != position
    assert after.done == 1


def test_what_cannot_be_a_vote(compared: Any) -> None:
    bench, number = compared
    duel = bench.workspace.duel(number, "anna")
    place, left, right = duel.position, duel.left, duel.right
    vote = bench.workspace.vote
    for arguments, error in (
        ((number, "  ", place, left, right, "left"), InputError),
        ((number, "anna", place, left, right, "middle"), InputError),
        ((number, "anna", 99, left, right, "left"), NotFound),
        ((number, "anna", place, left, "nobody", "left"), NotFound),
        ((number + 9, "anna", place, left, right, "left"), NotFound),
    ):
        with pytest.raises(error):
            vote(*arguments)
    with pytest.raises(InputError, match=f"“{60 * 'a'}” is no name") as told:
        vote(number, 300 * "a", place, left, right, "left")
    assert told.value.cure == "Give one of 1 to 60 letters, figures and spaces."
    assert bench.store.votes.list(number) == []
    assert bench.workspace.votes(number) == ()


def test_a_comparison_under_way_has_no_votes(compared: Any) -> None:
    bench, _ = compared
    waiting = bench.workspace.compare("things", ["base", "base+1"], limit=1)
    with pytest.raises(Unavailable, match="queued"):
        bench.workspace.duel(waiting.id, "anna")


def test_names_of_voters_are_kept_apart_by_comparison(compared: Any) -> None:
    bench, number = compared
    other = bench.workspace.compare("things", ["base", "first"], limit=2)
    result = bench.workspace.result(number)
    archive.save(dataclasses.replace(result), bench.workspace.home.comparison(other.id))
    judge(bench.workspace, number, "anna", "left")
    assert not bench.workspace.undo_vote(other.id, "anna")
    assert len(bench.store.votes.list(number)) == 1

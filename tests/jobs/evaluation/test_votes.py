"""Blind votes: sides by lot, nobody asked twice, and what the choices amount to."""

from __future__ import annotations

import pytest

from jobs.evaluation.votes import next_duel, pairs, sides, tally
from jobs.types import ComparedExample, ComparisonResult, Completion, Score, Vote


def made(count: int = 40, variants: tuple[str, ...] = ("base", "lora")) -> ComparisonResult:
    examples = tuple(
        ComparedExample(
            n,
            f"prompt {n}",
            "",
            (f"reference {n}",),
            {v: Completion("same" if n == 3 else f"{v} says {n}", 3, False) for v in variants},
            {v: {"rougeL": Score(0.2 if v == "base" else 0.5)} for v in variants},
        )
        for n in range(count)
    )
    return ComparisonResult("d", "test", variants, {}, "rougeL", examples, {}, (), {}, "")


def voted(position: int, choice: str, voter: str = "me", left: str = "lora") -> Vote:
    right = "base" if left == "lora" else "lora"
    return Vote(0.0, voter, position, left, right, choice)


def test_everybody_is_asked_every_pair_that_differs_once() -> None:
    result, votes = made(), []
    while (duel := next_duel(result, votes, "me")) is not None:
        assert {duel.left, duel.right} == {"base", "lora"}
        assert duel.done == len(votes)
        votes.append(Vote(0.0, "me", duel.position, duel.left, duel.right, "tie"))
    assert sorted(v.position for v in votes) == [n for n in range(40) if n != 3]
    assert next_duel(result, votes, "you") is not None


def test_sides_are_by_lot_and_stay() -> None:
    result = made(200)
    left = [sides(result, "me", n, "lora", "base")[0] for n in range(200)]
    assert 70 < left.count("lora") < 130
    assert left == [sides(result, "me", n, "base", "lora")[0] for n in range(200)]
    assert left != [sides(result, "you", n, "lora", "base")[0] for n in range(200)]


def test_order_is_not_the_order_of_prompts() -> None:
    result, votes = made(), []
    for _ in range(10):
        duel = next_duel(result, votes, "me")
        votes.append(Vote(0.0, "me", duel.position, duel.left, duel.right, "left"))
    assert [v.position for v in votes] != sorted(v.position for v in votes)


def test_a_tally_counts_prompts_whichever_side_they_stood_on() -> None:
    votes = [
        voted(0, "left"), voted(1, "right", left="base"), voted(2, "right"),
        voted(4, "tie"), voted(5, "bad"),
    ]  # fmt: skip
    (found,) = tally(made(), votes)
    assert (found.a, found.b) == ("lora", "base")
    assert (found.wins, found.losses, found.equal, found.both_bad) == (2, 1, 1, 1)
    assert found.win_rate.mean == pytest.approx(2 / 3)
    assert found.win_rate.low == pytest.approx(0.0943, abs=1e-4)  # Clopper and Pearson
    assert found.sign_test == 1.0
    assert found.with_metric.mean == pytest.approx(2 / 3)  # ROUGE likes lora on all
    assert found.agreement.mean is None


@pytest.mark.parametrize(("wins", "losses"), [(9, 2), (7, 1), (5, 0), (6, 0), (20, 9), (38, 22)])
def test_the_interval_of_a_win_rate_says_what_the_sign_test_says(wins: int, losses: int) -> None:
    sides = ["left"] * wins + ["right"] * losses
    votes = [voted(place, side) for place, side in enumerate(sides)]
    (found,) = tally(made(wins + losses), votes)
    assert (found.wins, found.losses) == (wins, losses)
    assert (found.win_rate.low > 0.5) is (found.sign_test < 0.05)


def test_people_who_agree_on_one_prompt_are_no_proof_of_many() -> None:
    votes = [voted(0, "left", f"voter {n}") for n in range(10)]
    (found,) = tally(made(), votes)
    assert (found.agreement.mean, found.agreement.low, found.agreement.high) == (1.0, None, None)


def test_several_voters_say_one_thing_of_a_prompt() -> None:
    votes = [voted(0, "left", who) for who in ("a", "b")]
    votes += [voted(0, "right", "c"), voted(1, "left", "a"), voted(1, "right", "b")]
    votes += [voted(2, "tie", "a"), voted(2, "left", "b")]
    (found,) = tally(made(), votes)
    assert (found.prompts, found.wins, found.losses, found.equal) == (3, 2, 0, 1)
    assert found.voters == ("a", "b", "c")
    assert found.votes == 7
    assert (found.agreement.mean, found.agreement.count) == (pytest.approx(1 / 4), 4)


def test_every_prompt_counts_once_whoever_found_both_bad() -> None:
    votes = [voted(0, "bad", who) for who in ("a", "b")] + [voted(0, "tie", "c")]  # both bad
    votes += [voted(1, "bad", "a"), voted(1, "tie", "b")]  # equal: no more than half say bad
    votes += [voted(2, "bad", "a"), voted(2, "bad", "b"), voted(2, "left", "c")]  # a side was taken
    (found,) = tally(made(), votes)
    assert (found.wins, found.losses, found.equal, found.both_bad) == (1, 0, 1, 1)
    assert found.wins + found.losses + found.equal + found.both_bad == found.prompts == 3
    assert (found.sign_test, found.win_rate.count) == (1.0, 1)


def test_clear_preferences_are_found() -> None:
    votes = [voted(n, "left" if n % 10 else "right") for n in range(30)]
    (found,) = tally(made(), votes)
    assert found.sign_test < 0.001
    assert found.win_rate.low > 0.5


def test_each_variant_is_judged_beside_its_base() -> None:
    result = made(variants=("base", "lora", "soft"))
    assert pairs(result) == [("lora", "base"), ("soft", "base")]
    assert tally(result, []) == ()

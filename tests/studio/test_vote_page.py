"""The vote page's handlers as a browser calls them: whose the votes are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def call(caller: Callable[..., Any], workspace: Any) -> Callable[..., dict[str, Any]]:
    call = caller(workspace, "/vote")
    call("load", "?comparison=3")
    return call


def vote(call: Any, voter: str, choice: str = "vote-left") -> dict[str, Any]:
    return call("click", on=choice, data=[None, voter, None, None])


def test_votes_given_before_a_name_was_typed_are_that_persons(call: Any, workspace: Any) -> None:
    vote(call, "me")
    vote(call, "me", "vote-bad")
    shown = call("blur", data=[None, "Anna", None])
    assert "2 votes of yours" in shown["duel"]
    vote(call, "Anna")
    assert [one.voter for one in workspace.given] == ["Anna"] * 3
    assert len({(one.position, one.left + one.right) for one in workspace.given}) == 3
    assert ", by 1 person" in call("click", on="vote-show")["votes"]


def test_a_name_that_is_typed_without_leaving_the_field_counts_too(
    call: Any, workspace: Any
) -> None:
    vote(call, "me")
    vote(call, "Anna")
    assert [one.voter for one in workspace.given] == ["Anna"] * 2


def test_the_next_person_takes_no_vote_of_the_one_before(call: Any, workspace: Any) -> None:
    """Neither those of a name that was typed, nor those of another browser under the prefilled
    one."""
    duel = workspace.duel(3, "me")
    workspace.vote(3, "me", duel.position, duel.left, duel.right, "tie")  # from elsewhere
    vote(call, "Anna")
    call("blur", data=[None, "Bert", None])
    vote(call, "Bert")
    assert [one.voter for one in workspace.given] == ["me", "Anna", "Bert"]

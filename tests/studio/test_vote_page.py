"""The vote page's handlers as a browser calls them: on what was voted, and whose the votes are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest


class Browser:
    """A page of a blind vote in a browser with what it remembers: a guest's name."""

    def __init__(self, call: Callable[..., dict[str, Any]], guest: str) -> None:
        self.call, self.guest = call, guest
        self.seen = call("load", "?comparison=3", data=["", guest])

    def vote(self, voter: str, choice: str = "left", turn: str | None = None) -> None:
        turn = self.seen["turn"] if turn is None else turn
        told = [None, voter, self.guest, None, turn]
        self.seen = {**self.seen, **self.call("click", on=f"vote-{choice}", data=told)}

    def name(self, voter: str) -> None:
        told = [None, voter, self.guest, None]
        self.seen = {**self.seen, **self.call("blur", on="voter", data=told)}

    def undo(self, voter: str) -> None:
        told = [None, voter, self.guest]
        self.seen = {**self.seen, **self.call("click", on="vote-undo", data=told)}

    def votes(self) -> str:
        return str(self.call("click", on="vote-show")["votes"])


@pytest.fixture
def browse(caller: Callable[..., Any], workspace: Any) -> Callable[[str], Browser]:
    return lambda guest: Browser(caller(workspace, "/vote"), guest)


def given(workspace: Any) -> list[tuple[str, str]]:
    return [(vote.voter, vote.choice) for vote in workspace.given]


def test_votes_given_before_a_name_was_typed_are_that_persons(
    browse: Callable[[str], Browser], workspace: Any
) -> None:
    browser = browse("guest 1")
    browser.vote("guest 1")
    browser.vote("guest 1", "bad")
    browser.name("Anna")
    assert "2 votes of yours" in browser.seen["duel"]
    browser.vote("Anna", "tie")
    assert given(workspace) == [("Anna", "left"), ("Anna", "bad"), ("Anna", "tie")]
    assert len({(one.position, one.left + one.right) for one in workspace.given}) == 3
    assert ", by 1 person" in browser.votes()


def test_votes_of_before_the_page_was_opened_anew_are_that_persons_too(
    browse: Callable[[str], Browser], workspace: Any
) -> None:
    browse("guest 1").vote("guest 1")
    browse("guest 1").name("Anna")
    assert given(workspace) == [("Anna", "left")]


def test_a_name_that_is_typed_without_leaving_the_field_counts_too(
    browse: Callable[[str], Browser], workspace: Any
) -> None:
    browser = browse("guest 1")
    browser.vote("guest 1")
    browser.vote("Anna")
    assert given(workspace) == [("Anna", "left")] * 2
    browser.undo("Anna")
    assert given(workspace) == [("Anna", "left")]


def test_undo_takes_back_what_was_voted_before_the_name(
    browse: Callable[[str], Browser], workspace: Any
) -> None:
    browser = browse("guest 1")
    browser.vote("guest 1")
    browser.undo("Anna")
    assert given(workspace) == []


def test_a_typed_name_changes_neither_the_answers_nor_their_sides(
    browse: Callable[[str], Browser], workspace: Any
) -> None:
    """Pressing a button leaves the field: the name and the vote come at once, in either order."""
    for number in range(6):
        browser = browse(f"guest {number}")
        read = browser.seen["duel"]
        browser.name(f"Anna {number}")
        assert browser.seen["duel"] == read
        duel = workspace.duel(3, f"guest {number}")
        browser.vote(f"Anna {number}")
        vote = workspace.given[-1]
        assert (vote.position, vote.left, vote.right) == (duel.position, duel.left, duel.right)


def test_a_vote_on_answers_that_are_no_longer_shown_is_not_counted(
    browse: Callable[[str], Browser], workspace: Any
) -> None:
    """Two presses in a hurry: the second one is of what nobody has seen yet."""
    browser = browse("guest 1")
    turn = browser.seen["turn"]
    browser.vote("guest 1")
    seen = browser.seen["duel"]
    browser.vote("guest 1", "bad", turn=turn)
    assert given(workspace) == [("guest 1", "left")]
    assert browser.seen["duel"] == seen
    browser.vote("guest 1", "tie")
    assert given(workspace) == [("guest 1", "left"), ("guest 1", "tie")]


def test_a_name_that_is_slow_does_not_bring_back_what_was_judged_meanwhile(
    browse: Callable[[str], Browser], workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are sent at once: whichever answer comes last knows of the vote."""
    browser = browse("guest 1")
    real, begun, answers = workspace.duel, threading.Event(), list[str]()

    def slow(*asked: Any) -> Any:
        found = real(*asked)
        if not begun.is_set():
            begun.set()
            time.sleep(1)
        return found

    monkeypatch.setattr(workspace, "duel", slow)

    def name() -> None:
        told = [None, "Anna", browser.guest, None]
        answers.append(str(browser.call("blur", on="voter", data=told).get("duel")))

    one = threading.Thread(target=name)
    one.start()
    assert begun.wait(10)
    browser.vote("Anna")
    answers.append(browser.seen["duel"])
    one.join()
    assert given(workspace) == [("Anna", "left")]
    assert "1 vote of yours" in answers[-1]


def test_a_name_that_has_judged_these_answers_gets_others(
    browse: Callable[[str], Browser], workspace: Any
) -> None:
    browser = browse("guest 1")
    duel = workspace.duel(3, "guest 1")
    workspace.vote(3, "Anna", duel.position, duel.left, duel.right, "tie")
    turn = browser.seen["turn"]
    browser.name("Anna")
    browser.vote("Anna", "left", turn=turn)
    assert given(workspace) == [("Anna", "tie")], "what she saw was judged: it is not judged anew"
    browser.vote("Anna")
    assert given(workspace) == [("Anna", "tie"), ("Anna", "left")]


def test_two_people_without_a_name_are_two_and_keep_their_votes(
    browse: Callable[[str], Browser], workspace: Any
) -> None:
    one, other = browse("guest 1"), browse("guest 2")
    duel = workspace.duel(3, "guest 1")
    workspace.vote(3, "guest 2", duel.position, duel.left, duel.right, "right")
    one.vote("guest 1", "left")
    one.name("Anna")
    other.name("Bert")
    assert sorted(given(workspace)) == [("Anna", "left"), ("Bert", "right")]
    one.name("Carla")
    one.vote("Carla", "tie")
    assert sorted(given(workspace)) == [("Anna", "left"), ("Bert", "right"), ("Carla", "tie")]


def test_whom_this_browser_calls_by_no_name_is_a_guest(browse: Callable[[str], Browser]) -> None:
    seen = {browse("").seen["voter"]["value"] for _ in range(3)}
    assert len(seen) == 3
    assert all(name.startswith("guest ") for name in seen)


def test_whom_an_earlier_version_called_me_is_a_guest(
    caller: Callable[..., Any], workspace: Any
) -> None:
    call = caller(workspace, "/vote")
    assert call("load", "?comparison=3", data=["me", "guest 7"])["voter"]["value"] == "guest 7"
    assert call("load", "?comparison=3", data=["Anna", "guest 7"])["voter"]["value"] == "Anna"


def test_a_page_without_its_comparison_says_what_is_wrong(
    caller: Callable[..., Any], workspace: Any
) -> None:
    call = caller(workspace, "/vote")
    assert "There is no comparison" in str(call("load", "?comparison=999", data=["", "guest 7"]))
    assert "names no comparison" in str(call("load", data=["", "guest 7"]))
    told = call("blur", on="voter", data=[None, "", "guest 7", None])
    assert "A vote needs a name" in str(told)

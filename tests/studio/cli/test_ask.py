"""`attune ask` and `attune votes`: what is printed, when, and what Ctrl-C does."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from jobs.types import Ask, Completion
from studio.cli import ask, votes

Attune = Callable[..., tuple[int, str, str]]


@pytest.fixture
def attune(workspace: Any, monkeypatch: pytest.MonkeyPatch, commanded: Attune) -> Attune:
    """attune("ask", ...) over the fake workspace: status, output, errors."""
    for module in (ask, votes):
        monkeypatch.setattr(module, "open_workspace", lambda context: workspace)

    return commanded


def test_answers_are_printed_one_after_another(attune: Attune) -> None:
    status, out, err = attune("ask", "base", "house-style-lora-1", "--prompt", "What is a heron?")
    assert status == 0
    assert out.splitlines() == [
        "base: An answer of base to: What is a heron?",
        "house-style-lora-1: An answer of house-style-lora-1 to: What is a heron?",
    ]
    assert "Loading Practice model" in err


def test_the_practice_model_is_said_to_be_tiny(
    attune: Attune, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside its answers and not in them; of another model nothing is said."""
    _, out, err = attune("ask", "base", "--prompt", "What is a heron?")
    assert " ".join(err.split()).count("The practice model is tiny") == 1
    assert "tiny" not in out
    known = ask.of_practice
    monkeypatch.setattr(
        ask, "of_practice", lambda asked: known(replace(asked, model="hub/large", settings={}))
    )
    assert "tiny" not in attune("ask", "base", "--prompt", "What is a heron?")[2]


def test_a_dash_reads_the_prompt_from_standard_input(
    attune: Attune, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it, as a letter has several lines, but for the end of the last line."""
    monkeypatch.setattr("sys.stdin", io.StringIO("Dear all,\n\nwhat is a heron?\n"))
    status, _, _ = attune("ask", "base", "--prompt", "-")
    assert status == 0
    assert workspace.answers(1).prompt == "Dear all,\n\nwhat is a heron?"


@pytest.mark.parametrize(
    ("given", "what"), [(b"", "empty"), (b" \n\n", "empty"), (b"caf\xe9", "UTF-8"), (None, "empty")]
)
def test_a_dash_without_a_prompt_to_read_is_an_error_with_its_cure(
    attune: Attune, monkeypatch: pytest.MonkeyPatch, given: bytes | None, what: str
) -> None:
    read = None if given is None else io.TextIOWrapper(io.BytesIO(given), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", read)
    status, out, err = attune("ask", "base", "--prompt", "-", "--json")
    error = json.loads(err)["error"]
    assert (status, out) == (2, "")
    assert "standard input" in error["what"]
    assert what in error["what"]
    assert error["cure"]


def test_words_are_printed_as_they_come(
    attune: Attune, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen grows: what is flushed while the answer is written is a part of it."""
    workspace.talking.pace = 100.0
    grown: list[int] = []
    monkeypatch.setattr(ask.Teller, "tell", _noting(ask.Teller.tell, grown))
    attune("ask", "base", "--prompt", "long")
    lengths = sorted(set(grown))
    assert len(lengths) > 5
    assert lengths[-1] > 1000


def _noting(tell: Any, grown: list[int]) -> Any:
    def noted(self: Any, asked: Ask) -> None:
        tell(self, asked)
        grown.append(len(self._printed))

    return noted


def test_an_answer_that_comes_later_waits_for_the_one_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def state(**more: Any) -> Ask:
        usual: dict[str, Any] = {"state": "running", "settings": {}, "job_id": 1}
        made = {"id": 1, "created": 0.0, "model": "starter", "prompt": "Hi", "template": "{prompt}"}
        return Ask(**{**made, **usual, "variants": ("base", "tuned"), **more})

    def said(text: str) -> Completion:
        return Completion(text, 1, False)

    teller = ask.Teller()
    teller.tell(state(written={"base": said("")}))
    assert capsys.readouterr().out == ""
    teller.tell(state(written={"base": said("One"), "tuned": said("Eins")}))
    assert capsys.readouterr().out == "base: One"
    teller.tell(state(written={"base": said("One two")}, answers={"tuned": said("Eins zwei.")}))
    assert capsys.readouterr().out == " two"
    whole = {"base": said("One two."), "tuned": said("Eins zwei.")}
    teller.tell(state(answers=whole, state="done"))
    assert capsys.readouterr().out == ".\ntuned: Eins zwei.\n"


def test_ctrl_c_stops_the_answers_and_keeps_what_was_written(
    attune: Attune, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = ask.Teller.tell

    def impatient(self: Any, asked: Ask) -> None:
        tell(self, asked)
        if len(self._printed) > 40:
            raise KeyboardInterrupt

    monkeypatch.setattr(ask.Teller, "tell", impatient)
    status, out, err = attune("ask", "base", "--prompt", "long")
    assert status == 130
    assert out.startswith("base: An answer of base to: long and so on")
    assert "Stopped" in err
    stopped = workspace.answers(1)
    assert stopped.state == "stopped"
    assert stopped.written["base"].text


def test_how_it_is_sampled_is_told_in_full(attune: Attune, workspace: Any) -> None:
    words = ("--temperature", "0.7", "--top-p", "0.9", "--seed", "3", "--length", "40", "--json")
    status, out, _ = attune("ask", "base", "--prompt", "Hello", *words)
    document = json.loads(out)
    assert status == 0
    assert document["state"] == "done"
    assert document["settings"]["temperature"] == 0.7
    assert document["settings"]["length"] == 40
    assert document["answers"]["base"]["text"].startswith("An answer of base")
    assert workspace.answers(1).settings["seed"] == 3


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--temperature", "hot"), "Temperature"),
        (("--top-p", "2"), "Top-p"),
        (("--length", "0"), "Longest answer"),
    ],
)
def test_bad_settings_are_one_sentence_with_the_fix(
    attune: Attune, words: tuple[str, ...], named: str
) -> None:
    status, out, err = attune("ask", "base", "--prompt", "Hello", *words)
    assert (status, out) == (2, "")
    assert named in err
    assert "Give a value from" in err


def test_votes_are_told_with_their_counts(attune: Attune, workspace: Any) -> None:
    status, out, _ = attune("votes", "3")
    assert status == 0
    assert "Nobody has voted" in out
    for _ in range(20):
        duel = workspace.duel(3, "me")
        side = "left" if duel.left != "base" else "right"
        workspace.vote(3, "me", duel.position, duel.left, duel.right, side)
    status, out, _ = attune("votes", "3")
    assert status == 0
    assert "this person prefers it" in out
    assert "under 0.001" in out, "as the page has it; no p is 0.000"
    pairs = json.loads(attune("votes", "3", "--json")[1])["pairs"]
    assert sum(pair["wins"] for pair in pairs) == 20
    assert pairs[0]["win_rate"]["mean"] == 1.0


def test_the_counts_of_votes_add_up_to_the_prompts(attune: Attune, workspace: Any) -> None:
    """Each prompt stands in one column, and the columns say which."""
    for choice in ("left", "right", "tie", "tie", "bad"):
        duel = workspace.duel(3, "me")
        workspace.vote(3, "me", duel.position, duel.left, duel.right, choice)
    pairs = json.loads(attune("votes", "3", "--json")[1])["pairs"]
    counts = ("wins", "losses", "equal", "both_bad")
    assert [sum(p[name] for name in counts) for p in pairs] == [p["prompts"] for p in pairs]
    assert sum(p["equal"] for p in pairs) == 2
    assert sum(p["both_bad"] for p in pairs) == 1
    told = attune("votes", "3")[1]
    assert "tied" not in told
    assert "equal" in told
    assert "Each prompt counts once" in told


def test_votes_on_a_comparison_that_is_not_there(attune: Attune) -> None:
    status, _, err = attune("votes", "77")
    assert status == 2
    assert err


def test_votes_without_a_number_list_the_comparisons(attune: Attune) -> None:
    status, out, _ = attune("votes")
    assert status == 0
    head, *rows, last = out.splitlines()
    assert head.split() == ["comparison", "data", "variants", "state"]
    assert [row.split()[0] for row in rows] == ["4", "3", "2"], "the newest first"
    assert "base, house-style-lora-1, recall-prompt-tuning-1" in rows[1]
    assert rows[1].split()[-1] == "done"
    assert last == "“attune votes COMPARISON” tells the votes on one."
    listed = json.loads(attune("votes", "--json")[1])
    assert [one["comparison"] for one in listed] == [4, 3, 2]
    assert listed[2] == {
        "comparison": 2,
        "data": "house-style-sample",
        "variants": ["base", "house-style-lora-1"],
        "state": "failed",
    }


def test_where_there_is_no_comparison_votes_say_how_to_get_one(
    attune: Attune, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "comparisons", lambda: [])
    status, out, _ = attune("votes")
    assert (status, out.startswith("No comparisons yet.")) == (0, True)
    assert "attune compare" in out
    assert json.loads(attune("votes", "--json")[1]) == []

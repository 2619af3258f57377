"""A question on a page: true words of what it waits for, text that stays text."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.types import Ask, Completion, JobInfo
from studio.parts.asked import answers, earlier

SAMPLING = {"temperature": 0.0, "top_p": 1.0, "seed": 0, "length": 200}


def ask(**more: Any) -> Ask:
    usual: dict[str, Any] = {
        **{"id": 1, "created": 0.0, "model": "starter", "variants": ("base", "tuned")},
        **{"prompt": "Hi", "template": "{prompt}", "settings": SAMPLING, "job_id": 1},
    }
    return Ask(**{**usual, "state": "running", **more})


def html(asked: Ask, **more: Any) -> str:
    return answers(asked, **{"paused": False, **more})


@pytest.mark.parametrize(
    ("state", "more", "words"),
    [
        ({"state": "queued"}, {}, "is being started"),
        ({"state": "queued"}, {"paused": True}, "the queue is paused"),
        ({"phase": "Loading Practice model"}, {}, "Loading Practice model…"),
        ({"phase": "Writing answers"}, {}, "Answering: 0 of 2 done."),
        ({"stopping": True}, {}, "Stopping…"),
        ({"state": "stopped"}, {}, "What was written stays."),
    ],
)
def test_what_it_waits_for(state: Any, more: Any, words: str) -> None:
    assert words in html(ask(**state), **more)


@pytest.mark.parametrize(
    ("seconds", "ahead", "words"),
    [
        (None, 1, "behind “mine”."),
        (700.0, 1, "behind “mine” (about 12 min left)."),
        (8.2, 3, "behind “mine” (about 8 s left) and 2 more."),
    ],
)
def test_how_long_it_waits(seconds: float | None, ahead: int, words: str) -> None:
    job = JobInfo(1, "train", "running", "cpu", 1, None, {}, 0.0, seconds_left=seconds)
    asked = ask(state="queued", behind=job, ahead=ahead)
    assert words in html(asked, subject="“mine”")


def test_an_answer_is_kept_only_when_all_have_ended() -> None:
    said = Completion("One.", 2, False, 0.44)
    moving = ask(answers={"base": said}, written={"tuned": Completion("<b>Ei", 2, False, 0.2)})
    page = html(moving)
    assert "data-do" not in page
    assert "&lt;b&gt;Ei" in page
    assert "2 tokens in 0.4 s" in page
    ended = ask(state="done", answers={"base": said, "tuned": said})
    assert html(ended).count("data-do") == 2


def test_bases_are_told_apart_by_a_heading_each() -> None:
    models = {"base": "starter", "base:x/y": "x/y"}
    page = html(ask(variants=("base", "base:x/y"), settings={**SAMPLING, "models": models}))
    assert "<h3>Practice model</h3>" in page
    assert "<h3>x/y</h3>" in page


def test_what_the_practice_model_is_good_for_is_said_once() -> None:
    said = {"base": Completion("FFFFOU", 2, False), "tuned": Completion("FFF", 2, False)}
    tiny = "The practice model is tiny"
    assert html(ask(state="done", answers=said)).count(tiny) == 1
    assert html(ask(written={"base": Completion("FF", 2, False)})).count(tiny) == 1
    assert tiny not in html(ask())  # nothing is there to be judged
    assert tiny not in html(ask(state="done", model="x/y", answers=said))
    models = {**SAMPLING, "models": {"base": "x/y", "tuned": "starter"}}
    assert tiny in html(ask(state="done", model="x/y", settings=models, answers=said))
    alone = {"base": said["base"]}
    assert tiny not in html(ask(model="x/y", settings=models, answers=alone))


def test_how_it_was_drawn_is_said() -> None:
    assert "Always the likeliest next word" in html(ask())
    drawn = html(ask(settings={**SAMPLING, "temperature": 0.7, "seed": 4}))
    assert "temperature 0.7, top-p 1, seed 4" in drawn
    assert "At most 200 tokens, words or pieces of them." in drawn


def test_a_question_of_an_older_release_is_shown() -> None:
    old = ask(state="done", settings={"dtype": "auto"}, answers={"base": Completion("x", 1, False)})
    assert "x" in html(old)


def test_earlier_questions_are_text_and_can_be_shown_again() -> None:
    names = ("base", "one", "two", "three", "four")
    asks = [ask(id=7, prompt="<b>Why</b>\n\nnot?", variants=names), ask(id=3)]
    told = earlier(asks, 60.0)
    assert "&lt;b&gt;Why&lt;/b&gt; not?" in told
    assert "Untuned base, one, two and 2 more" in told
    assert told.index('data-do="?asked=7"') < told.index('data-do="?asked=3"')
    assert earlier([], 60.0) == ""

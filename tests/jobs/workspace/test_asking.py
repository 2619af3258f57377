"""What can be asked, of whom, and how; and following a question to its end."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.errors import InputError, NotFound, Unavailable
from jobs.types import Completion


@pytest.fixture
def run(bench: Any, tiny: Any) -> Any:
    bench.data(template="Say it: {prompt}")
    return bench.train(tiny("llama"), name="baseline")


def test_a_question_is_shaped_as_the_run_was_trained(bench: Any, run: Any, tiny: Any) -> None:
    bench.end(run)
    ask_id = bench.workspace.ask(["base", "baseline"], "Hello")
    asked = bench.workspace.answers(ask_id)
    assert asked.state == "queued"
    assert asked.variants == ("base", "baseline")
    assert asked.model == str(tiny("llama"))
    assert asked.template == "Say it: {prompt}"
    shaped = bench.workspace.answers(
        bench.workspace.ask(["baseline"], "Hello", template="{prompt}?")
    )
    assert shaped.template == "{prompt}?"
    plain = bench.workspace.answers(bench.workspace.ask(["base"], "Hello"))
    assert (plain.model, plain.template) == ("starter", "{prompt}")


def test_questions_that_cannot_be_asked(bench: Any, run: Any) -> None:
    bench.end(run, "failed")
    for words, kind in (
        ((["base"], "  \n"), InputError),
        ((["base"], "half a \ud800"), InputError),
        (([], "Hello"), InputError),
        ((["nobody"], "Hello"), InputError),
        ((["baseline"], "Hello"), Unavailable),
    ):
        with pytest.raises(kind) as refused:
            bench.workspace.ask(*words)
        assert refused.value.cure
    assert "compared" not in refused.value.what, "the words of a comparison do not fit a question"
    assert bench.workspace.queue() == []


@pytest.mark.parametrize(
    ("how", "named"),
    [
        ({"temperature": -0.1}, "Temperature"),
        ({"temperature": "warm"}, "Temperature"),
        ({"temperature": float("nan")}, "Temperature"),
        ({"top_p": 0}, "Top-p"),
        ({"top_p": 1.01}, "Top-p"),
        ({"seed": 1.5}, "Seed"),
        ({"seed": -1}, "Seed"),
        ({"length": 0}, "Longest answer"),
        ({"length": 10**9}, "Longest answer"),
        ({"length": ""}, "Longest answer"),
    ],
)
def test_settings_out_of_bounds_are_named_with_the_fix(bench: Any, how: Any, named: str) -> None:
    with pytest.raises(InputError, match=named) as refused:
        bench.workspace.ask(["base"], "Hello", **how)
    assert refused.value.cure.startswith("Give")
    assert bench.workspace.queue() == []


def test_settings_may_be_text_as_a_form_has_it(bench: Any) -> None:
    ask = bench.workspace.ask
    number = ask(["base"], "Hello", temperature="0.7", top_p="0.9", seed="3", length=" 40 ")
    told = bench.workspace.answers(number).settings
    assert (told["temperature"], told["top_p"], told["seed"], told["length"]) == (0.7, 0.9, 3, 40)


def test_pressed_twice_it_is_one_question_and_with_other_settings_another(bench: Any) -> None:
    ask = bench.workspace.ask
    first = ask(["base"], "Hello")
    assert ask(["base"], "Hello") == first
    assert ask(["base"], "Hello", temperature=0.7) != first
    assert ask(["base"], "Hello", length=40) != first
    assert ask(["base@4bit"], "Hello") != first


def test_runs_of_several_templates_are_asked_each_in_its_own(bench: Any, tiny: Any) -> None:
    """A comparison refuses them, since it scores; a question may be put to anybody."""
    bench.data(template="Say it: {prompt}")
    bench.end(bench.train(tiny("llama"), name="one"))
    bench.data("others", template="Sing it: {prompt}")
    bench.end(bench.train(tiny("llama"), name="two", data="others"))
    with pytest.raises(InputError, match="different prompt templates"):
        bench.workspace.compare("things", ["one", "two"])
    asked = bench.workspace.answers(bench.workspace.ask(["base", "one", "two"], "Hello"))
    assert asked.settings["templates"] == {
        "base": "Say it: {prompt}",
        "one": "Say it: {prompt}",
        "two": "Sing it: {prompt}",
    }


def test_several_bases_are_asked_at_once_each_with_its_own_base(bench: Any, tiny: Any) -> None:
    bench.data()
    bench.end(bench.train(tiny("llama"), name="small"))
    bench.end(bench.train(tiny("gpt2"), name="other"))
    asked = bench.workspace.answers(bench.workspace.ask(["base", "small", "other"], "Hello"))
    llama, gpt2 = str(tiny("llama")), str(tiny("gpt2"))
    assert asked.settings["models"] == {
        "base": llama,
        "small": llama,
        f"base:{gpt2}": gpt2,
        "other": gpt2,
    }
    assert asked.variants == ("base", "small", f"base:{gpt2}", "other")


def test_examples_come_from_the_data_that_is_named_else_from_the_runs(
    bench: Any, tiny: Any
) -> None:
    things, others = bench.data(), bench.data("others")
    bench.end(bench.train(tiny("llama"), name="one"))

    def shown(*words: Any, **more: Any) -> Any:
        asked = bench.workspace.answers(bench.workspace.ask(*words, **more))
        return asked.settings["dataset_id"]

    assert shown(["base+3", "one"], "Hello") == things.id
    assert shown(["base+3", "one"], "Hello", data="others") == others.id
    assert shown(["base+1"], "Hello", data="others") == others.id
    with pytest.raises(InputError, match="no dataset to take them from"):
        bench.workspace.ask(["base+3"], "Hello")
    with pytest.raises(NotFound):
        bench.workspace.ask(["base+3"], "Hello", data="nobody's")
    with pytest.raises(InputError, match="asks for 9 examples"):
        bench.workspace.ask(["base+9"], "Hello", data="things")


def test_what_it_waits_for_is_known(bench: Any, run: Any) -> None:
    bench.store.jobs.claim("cpu")
    ask = bench.workspace.ask
    first, second = ask(["base"], "Hello"), ask(["base"], "Hello again")
    asked = bench.workspace.answers(first)
    assert asked.behind is not None
    assert (asked.behind.run_id, asked.behind.state, asked.ahead) == (run.id, "running", 1)
    assert bench.workspace.answers(second).ahead == 2
    bench.store.jobs.finish(asked.behind.id, "done")
    assert bench.workspace.answers(first).behind is None
    behind = bench.workspace.answers(second).behind
    assert behind is not None
    assert behind.id == asked.job_id


def test_one_that_waits_is_stopped_at_once_and_an_ended_one_stays(bench: Any) -> None:
    number = bench.workspace.ask(["base"], "Hello")
    assert bench.workspace.stop_ask(number).state == "stopped"
    assert bench.workspace.stop_ask(number).state == "stopped"
    with pytest.raises(NotFound):
        bench.workspace.stop_ask(77)


def test_a_question_is_followed_word_by_word(bench: Any) -> None:
    number = bench.workspace.ask(["base"], "Hello")
    seen = []
    for asked in bench.workspace.follow(number, every=0.0):
        seen.append((asked.state, asked.written.get("base"), asked.answers.get("base")))
        if asked.state == "queued":
            bench.store.jobs.claim("cpu")
        elif asked.written.get("base") is None and not asked.answers:
            bench.store.asks.put_written(number, {"base": Completion("One", 1, False)})
        elif not asked.answers:
            bench.store.asks.put(number, "base", Completion("One two.", 2, False))
        elif asked.state == "running":
            bench.store.jobs.finish(asked.job_id, "done")
    states = [(state, (words or whole) and (words or whole).text) for state, words, whole in seen]
    assert states == [
        ("queued", None),
        ("running", None),
        ("running", "One"),
        ("running", "One two."),
        ("done", "One two."),
    ]


def test_the_newest_questions_come_first(bench: Any) -> None:
    for word in ("one", "two", "three"):
        bench.workspace.ask(["base"], word)
    assert [asked.prompt for asked in bench.workspace.asked(2)] == ["three", "two"]


@pytest.mark.parametrize("name", ["base@8bit", "base+x", "Base@4bit", "base+"])
def test_a_misspelt_base_is_no_run_that_is_missing(bench: Any, name: str) -> None:
    with pytest.raises(NotFound, match="There is no variant") as refused:
        bench.workspace.ask([name], "Hello")
    assert "base@4bit" in refused.value.cure

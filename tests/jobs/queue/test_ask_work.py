"""The work of a question: the model stays for the next one."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.evaluation.generate import Answerer
from jobs.queue.work import ask as ask_work


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The precision of every base that was loaded, in order."""
    found: list[str] = []

    class Counting(Answerer):
        def _base(self, precision: Any, wanted: Any) -> Any:
            if precision not in self._loaded:
                found.append(f"{self._info.architecture} {precision}")
            return super()._base(precision, wanted)

    monkeypatch.setattr(ask_work, "Answerer", Counting)
    return found


@pytest.fixture
def trained(bench: Any, tiny: Any) -> Any:
    bench.data()
    for method in ("lora", "qlora", "prompt-tuning"):
        bench.train(tiny("llama"), method, name=method)
    bench.work()
    return bench


def test_several_questions_over_one_load(trained: Any, tiny: Any, loads: list[str]) -> None:
    ask, model = trained.workspace.ask, str(tiny("llama"))
    asked = [
        ask(["base", "lora"], "The red door 1."),
        ask(["prompt-tuning", "base"], "The red door 1."),
        ask(["base"], "The blue lamp 2.", model=model),
    ]
    trained.work()
    first, second, third = [trained.workspace.answers(number) for number in asked]
    assert [a.state for a in (first, second, third)] == ["done"] * 3
    assert loads == ["llama float32"]
    assert set(first.answers) == {"base", "lora"}
    assert set(second.answers) == {"base", "prompt-tuning"}
    assert first.answers["base"].text == second.answers["base"].text
    assert third.answers["base"].text != first.answers["base"].text
    assert 0 < first.answers["lora"].tokens <= ask_work.LONGEST_ANSWER


def test_every_precision_is_loaded_once(trained: Any, loads: list[str]) -> None:
    for _ in range(2):
        trained.workspace.ask(["base", "base@4bit", "lora", "qlora"], "The red door 1.")
    trained.work()
    assert sorted(loads) == ["llama 4bit", "llama float32"]


def test_another_base_takes_the_place_of_the_first(
    trained: Any, tiny: Any, loads: list[str]
) -> None:
    for model in ("llama", "gpt2", "gpt2"):
        trained.workspace.ask(["base"], "Hello", model=str(tiny(model)))
    trained.work()
    assert loads == ["llama float32", "gpt2 float32"]


def test_the_error_of_one_question_is_its_own(
    trained: Any, tiny: Any, tmp_path: Any, loads: list[str]
) -> None:
    """The run has lost its adapter: that question fails, the ones around it are answered."""
    ask = trained.workspace.ask
    before = ask(["base", "lora"], "The red door 1.")
    broken = ask(["qlora"], "The red door 1.")
    after = ask(["prompt-tuning"], "The red door 1.")
    (trained.workspace.run("qlora").folder / "adapter" / "adapter_config.json").unlink()
    trained.work()
    states = [trained.workspace.answers(number).state for number in (before, broken, after)]
    assert states == ["done", "failed", "done"]
    error = trained.workspace.answers(broken).error
    assert "qlora" in error["what"]
    assert error["cure"]
    assert loads == ["llama float32"]


def test_one_variant_that_cannot_answer_leaves_the_others_their_answers(trained: Any) -> None:
    number = trained.workspace.ask(["base", "lora", "qlora"], "The red door 1.")
    (trained.workspace.run("qlora").folder / "adapter" / "adapter_config.json").unlink()
    trained.work()
    asked = trained.workspace.answers(number)
    assert asked.state == "done"
    assert set(asked.answers) == {"base", "lora"}
    assert asked.errors["qlora"]["cure"]


def test_a_stopped_question_says_so(trained: Any) -> None:
    number = trained.workspace.ask(["base", "lora"], "The red door 1.")
    trained.store.jobs.request_stop(trained.workspace.answers(number).job_id)
    trained.work()
    assert trained.workspace.answers(number).state == "stopped"

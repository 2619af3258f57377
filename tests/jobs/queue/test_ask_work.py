"""The work of a question: the model stays for the next one."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from jobs.evaluation.generate import Answerer
from jobs.evaluation.loading import weights_of
from jobs.evaluation.sampling import LONGEST_ANSWER
from jobs.queue import room
from jobs.queue.reporter import StoreReporter
from jobs.types import Variant


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The precision of every base that was loaded, in order."""
    found: list[str] = []

    class Counting(Answerer):
        def _base(self, variant: Variant, wanted: Any) -> Any:
            if not self.holds(weights_of(variant)):
                found.append(f"{self._info.architecture} {variant.precision}")
            return super()._base(variant, wanted)

    monkeypatch.setattr(room, "Answerer", Counting)
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
    assert 0 < first.answers["lora"].tokens <= LONGEST_ANSWER


def test_every_precision_is_loaded_once(trained: Any, loads: list[str]) -> None:
    for _ in range(2):
        trained.workspace.ask(["base", "base@4bit", "lora", "qlora"], "The red door 1.")
    trained.work()
    assert sorted(loads) == ["llama 4bit", "llama float32"]


def test_a_whole_model_answers_in_the_place_of_its_base(
    bench: Any, tiny: Any, loads: list[str]
) -> None:
    bench.data()
    run = bench.train(tiny("llama"), "full", name="mine", options={"learning_rate": 1e-2})
    bench.work()
    assert bench.workspace.run(run.name).state == "done"
    asked = [bench.workspace.ask(["base", "mine"], "The red door 1.") for _ in range(2)]
    bench.work()
    for number in asked:
        answers = bench.workspace.answers(number).answers
        assert answers["base"].text != answers["mine"].text
    assert loads == ["llama float32", "llama float32"]


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


def test_an_adapter_that_changes_nothing_is_said(bench: Any, tiny: Any) -> None:
    """Trap 23, beside an answer."""
    from safetensors.torch import load_file, save_file

    bench.data()
    for name in ("lora", "still"):
        bench.train(tiny("llama"), name=name)
    bench.work()
    path = bench.workspace.run("still").folder / "adapter" / "adapter_model.safetensors"
    zeros = {k: v * 0 if "lora_B" in k else v for k, v in load_file(path).items()}
    save_file(zeros, path, metadata={"format": "pt"})
    number = bench.workspace.ask(["base", "lora", "still"], "The red door 1.", length=4)
    bench.work()
    said = "It answers exactly as its base does: what it learnt changes nothing."
    assert bench.workspace.answers(number).notes == {"still": said}


def test_the_answer_is_kept_while_it_is_written(trained: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("jobs.evaluation.watch.PACE", 0.0)
    seen: list[str] = []
    put = trained.store.asks.put_written

    def noted(ask_id: int, written: Any) -> None:
        put(ask_id, written)
        seen.append(trained.store.asks.get(ask_id).written["lora"].text)

    monkeypatch.setattr(type(trained.store.asks), "put_written", lambda _, *a: noted(*a))
    number = trained.workspace.ask(["lora"], "The red door 1.", length=20)
    trained.work()
    asked = trained.workspace.answers(number)
    assert asked.written == {}
    assert len(set(seen)) > 3
    assert seen[0] == ""
    assert all(asked.answers["lora"].text.startswith(text) for text in seen)


def test_a_stop_in_mid_answer_keeps_what_was_written(trained: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("jobs.evaluation.watch.PACE", 0.0)
    put = trained.store.asks.put_written

    def stops(ask_id: int, written: Any) -> None:
        put(ask_id, written)
        if written["lora"].tokens == 3:
            trained.workspace.stop_ask(ask_id)

    monkeypatch.setattr(type(trained.store.asks), "put_written", lambda _, *a: stops(*a))
    monkeypatch.setattr(StoreReporter, "stop_requested", StoreReporter._ask)  # at every token
    whole = trained.workspace.ask(["lora"], "The red door 1.", length=100)
    trained.work()
    asked = trained.workspace.answers(whole)
    assert asked.state == "stopped"
    assert asked.answers == {}
    assert asked.written["lora"].tokens == 3
    assert asked.written["lora"].text


def test_sampled_answers_come_from_the_seed_and_reach_no_comparison(trained: Any) -> None:
    """Traps 25 and 27: what is asked in between changes no score, and nothing of it is kept."""
    ask, answers = trained.workspace.ask, trained.workspace.answers
    how = {"temperature": 1.0, "length": 12}
    before = trained.workspace.compare("things", ["base", "lora"], limit=3)
    trained.work()
    kept = _completions(trained.store)
    asked = [ask(["base", "lora"], "The red door 1.", seed=seed, **how) for seed in (1, 2)]
    trained.work()
    again = ask(["lora", "base"], "The red door 1.", seed=1, **how)
    greedy = ask(["base"], "The red door 1.", length=12)
    trained.work()
    texts = [
        {name: a.text for name, a in answers(number).answers.items()} for number in (*asked, again)
    ]
    assert texts[0] == texts[2]
    assert texts[0] != texts[1]
    assert answers(greedy).answers["base"].text != texts[0]["base"]
    assert _completions(trained.store) == kept
    rows = [example.prompt for example in trained.workspace.result(before.id).examples]
    ask(["base", "lora"], rows[0], seed=1, **how)
    trained.work()
    after = trained.workspace.compare("things", ["base", "lora", "prompt-tuning"], limit=3)
    trained.work()
    first, second = (trained.workspace.result(one.id).examples for one in (before, after))
    for one, other in zip(first, second, strict=True):
        for name in ("base", "lora"):
            assert one.completions[name].text == other.completions[name].text


def _completions(store: Any) -> int:
    with store._database.read() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM completions").scalar_one()


def test_examples_stand_in_the_prompt_as_in_a_comparison(trained: Any) -> None:
    """The same examples and the same answer, greedily, as `base+3` gives there."""
    compared = trained.workspace.compare("things", ["base+3", "lora"], limit=1)
    trained.work()
    result = trained.workspace.result(compared.id)
    example, length = result.examples[0], result.settings["max_new_tokens"]
    number = trained.workspace.ask(["base+3", "base", "lora"], example.prompt, length=length)
    trained.work()
    asked = trained.workspace.answers(number)
    assert asked.errors == {}
    assert asked.answers["base+3"].text == example.completions["base+3"].text
    assert asked.answers["base+3"].text != asked.answers["base"].text


def test_several_bases_answer_one_after_another(trained: Any, tiny: Any, loads: list[str]) -> None:
    trained.train(tiny("gpt2"), name="other")
    trained.work()
    for _ in range(2):
        number = trained.workspace.ask(["base", "lora", "other"], "The red door 1.")
    trained.work()
    asked = trained.workspace.answers(number)
    gpt2 = f"base:{tiny('gpt2')}"
    assert set(asked.answers) == {"base", "lora", gpt2, "other"}
    assert loads == ["llama float32", "gpt2 float32"]


def test_what_does_not_fit_beside_it_makes_another_base_leave(
    trained: Any, tiny: Any, loads: list[str], monkeypatch: Any
) -> None:
    monkeypatch.setattr(room, "free_memory", lambda device: 0)
    for number, model in enumerate(("llama", "gpt2", "llama")):
        trained.workspace.ask(["base"], f"Hello {number}", model=str(tiny(model)))
    trained.work()
    assert loads == ["llama float32", "gpt2 float32", "llama float32"]


def test_a_base_that_is_gone_leaves_the_others_their_answers(
    trained: Any, tiny: Any, tmp_path: Any
) -> None:
    copy = shutil.copytree(tiny("gpt2"), tmp_path / "gpt2")
    trained.train(copy, name="other")
    trained.work()
    number = trained.workspace.ask(["lora", "other"], "Hello")
    shutil.rmtree(copy)
    trained.work()
    asked = trained.workspace.answers(number)
    assert asked.state == "done"
    assert set(asked.answers) == {"lora"}
    assert "not there any more" in asked.errors["other"]["what"]


def test_a_prompt_without_room_loses_its_middle_and_says_so(trained: Any, tiny: Any) -> None:
    model, ask = str(tiny("llama")), trained.workspace.ask
    number = ask(["base", "base+3"], "The red door. " * 400, data="things", model=model)
    short = ask(["base"], "The red door.", model=model)
    trained.work()
    notes = trained.workspace.answers(number).notes
    assert "lost its middle" in notes["base"]
    assert "room for 0 of its 3 examples" in notes["base+3"]
    assert trained.workspace.answers(short).notes == {}

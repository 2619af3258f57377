"""The work of a look at what was forgotten: the run and its base answer, once each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from jobs.errors import InputError, Unavailable
from jobs.evaluation.general import PromptSet
from jobs.queue import answering
from jobs.queue.work import forget
from jobs.types import Example

STRONG = {"epochs": 1, "learning_rate": 0.05}
COUNT = 12


@pytest.fixture
def trained(bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two trained runs on one base, and a small set of general prompts."""
    examples = tuple(Example(f"Say {n}.", (f"It is {n}.",), n + 1) for n in range(COUNT))
    small = PromptSet("general questions", examples, ("odd", "even") * 6, fingerprint="small")
    monkeypatch.setattr(forget, "general_prompts", lambda info: small)
    monkeypatch.setattr("jobs.workspace.forgetting.general_prompts", lambda info: small)
    bench.data()
    for name in ("first", "second"):
        bench.train(str(tiny("llama")), name=name, options=STRONG, seed=len(name))
    bench.work()
    return bench


def looked(bench: Any, name: str, **more: Any) -> Any:
    bench.workspace.forget(name, **more)
    bench.work()
    newest = bench.workspace.forgettings(name)[0]
    assert newest.job.state == "done", newest.job.error
    return newest.found


def test_a_run_and_its_base_answer_what_it_never_learnt(trained: Any, asked: Any) -> None:
    found = looked(trained, "first")
    assert Counter(name for name, _ in asked) == {"base": COUNT, "first": COUNT}
    assert (found.run, found.base) == ("first", "base")
    assert [task.task for task in found.tasks] == ["odd", "even"]
    assert "Too few prompts to tell whether “first” forgot anything" in found.sentence
    assert found.whole.surprise.delta is not None
    answers = found.result.examples[0].completions
    assert set(answers) == {"base", "first"}
    assert answers["base"].nll is not None
    assert found.result.settings["decoding"] == "greedy"


def test_an_export_says_what_was_forgotten(trained: Any, tmp_path: Path) -> None:
    told = "**What did it forget?** "
    before = trained.workspace.export("first", tmp_path / "before") / "README.md"
    assert f"{told}Not looked at yet." in before.read_text(encoding="utf-8")
    found = looked(trained, "first")
    after = trained.workspace.export("first", tmp_path / "after") / "README.md"
    assert f"{told}{found.sentence}" in after.read_text(encoding="utf-8")


def test_the_base_answers_once_for_all_runs(trained: Any, asked: Any) -> None:
    one = looked(trained, "first")
    asked.clear()
    other = looked(trained, "second")
    assert Counter(name for name, _ in asked) == {"second": COUNT}
    for before, after in zip(one.result.examples, other.result.examples, strict=True):
        assert before.completions["base"] == after.completions["base"]


def test_the_base_is_the_base(trained: Any, tiny: Any) -> None:
    """Trap 22: token by token what a clean load of the model answers."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    found = looked(trained, "first")
    folder = str(tiny("llama"))
    model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for example in list(found.result.examples)[:4]:
        ids = tokenizer(
            example.rendered_prompt, return_tensors="pt", add_special_tokens=False
        ).input_ids
        limit = found.result.settings["max_new_tokens"]
        out = model.generate(ids, max_new_tokens=limit, do_sample=False)
        text = tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)
        assert example.completions["base"].text == text


@pytest.mark.parametrize("method", ["lora", "prompt-tuning"])
def test_an_encoder_decoder_is_looked_at_as_well(trained: Any, tiny: Any, method: str) -> None:
    """Its base answers token by token as a clean load of it."""
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    folder = str(tiny("t5"))
    trained.train(folder, method, name="other")
    trained.work()
    found = looked(trained, "other")
    assert (found.run, found.base) == ("other", "base")
    assert [task.prompts for task in found.tasks] == [COUNT // 2, COUNT // 2]
    assert found.whole.surprise.delta is not None
    model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype="float32").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for example in list(found.result.examples)[:3]:
        ids = tokenizer(example.rendered_prompt, return_tensors="pt").input_ids
        limit = found.result.settings["max_new_tokens"]
        out = model.generate(ids, max_new_tokens=limit, do_sample=False)
        text = tokenizer.decode(out[0], skip_special_tokens=True)
        assert example.completions["base"].text == text


def test_pressed_again_it_is_the_same_look(trained: Any, asked: Any) -> None:
    first = trained.workspace.forget("first")
    assert trained.workspace.forget("first").id == first.id
    trained.work()
    assert trained.workspace.forget("first").id == first.id
    assert len(trained.workspace.forgettings("first")) == 1


def test_other_weights_are_looked_at_anew(trained: Any) -> None:
    from safetensors.torch import load_file, save_file

    first = trained.workspace.forget("first")
    trained.work()
    path = trained.workspace.run("first").folder / "adapter" / "adapter_model.safetensors"
    save_file({k: v * 2 for k, v in load_file(path).items()}, path, metadata={"format": "pt"})
    again = trained.workspace.forget("first")
    assert again.id != first.id
    assert again.state == "queued"


def test_ones_own_prompts(trained: Any, asked: Any) -> None:
    trained.data("others", template="Tell: {prompt}")
    count = trained.workspace.dataset("others").counts["test"]
    found = looked(trained, "first", data="others")
    assert Counter(name for name, _ in asked) == {"base": count, "first": count}
    assert found.prompts == "prompts of others"
    assert found.tasks == ()
    assert "Tell: " in found.result.examples[0].rendered_prompt, "as that dataset asks"
    looked(trained, "first")
    kinds = [one.data for one in trained.workspace.forgettings("first")]
    assert kinds == [None, trained.workspace.dataset("others").id]


def test_a_limit_asks_fewer_of_each_task_and_is_a_look_of_its_own(trained: Any, asked: Any) -> None:
    found = looked(trained, "first", limit=4)
    assert Counter(name for name, _ in asked) == {"base": 4, "first": 4}
    assert Counter(found.task_of) == {"odd": 2, "even": 2}
    few = trained.workspace.forget("first", limit=4)
    assert few.state == "done", "it holds"
    whole = looked(trained, "first")
    assert len(whole.result.examples) == COUNT
    assert [one.limit for one in trained.workspace.forgettings("first")] == [None, 4]
    trained.data("others")
    asked.clear()
    looked(trained, "first", data="others", limit=2)
    assert Counter(name for name, _ in asked) == {"base": 2, "first": 2}
    asked.clear()
    looked(trained, "first", data="others", limit=3)
    assert Counter(name for name, _ in asked) == {"base": 1, "first": 1}


def test_a_limit_of_nothing_is_refused(trained: Any) -> None:
    with pytest.raises(InputError, match="leaves no prompts"):
        trained.workspace.forget("first", limit=0)


def test_what_it_learnt_is_no_test_of_forgetting(trained: Any) -> None:
    with pytest.raises(InputError, match="was trained on things") as refused:
        trained.workspace.forget("first", data="things")
    assert "Compare" in refused.value.cure


def test_a_stop_loses_no_answer_and_the_same_press_goes_on(
    trained: Any, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = trained.workspace.forget("first")

    class Impatient(answering.Answerer):  # type: ignore[misc,name-defined]
        """Somebody presses stop when the base's first three answers are there."""

        def answer(self, requests: Any, s: Any, e: Any, p: Any, on_done: Any, stop: Any) -> bool:
            some = [r for r in requests if r.index < 3 and r.variant == "base"]
            super().answer(some, s, e, p, on_done, stop)
            trained.store.jobs.request_stop(job.id)
            return False

    with monkeypatch.context() as patch:
        patch.setattr(answering, "Answerer", Impatient)
        trained.work()
    (stopped,) = trained.workspace.forgettings("first")
    assert stopped.job.state == "stopped"
    assert stopped.found is None
    asked.clear()
    found = looked(trained, "first")
    assert trained.workspace.forgettings("first")[0].job.id == job.id
    assert Counter(name for name, _ in asked) == {"base": COUNT - 3, "first": COUNT}
    assert len(found.result.examples) == COUNT


def test_a_run_that_still_trains_is_looked_at_afterwards(trained: Any, tiny: Any) -> None:
    trained.train(str(tiny("llama")), name="third", options=STRONG)
    job = trained.workspace.forget("third")
    assert trained.workspace.run("third").state == "queued"
    trained.work()
    assert trained.store.jobs.get(job.id).state == "done"
    assert trained.workspace.run("third").state == "done", "a run's state is that of its training"


def test_a_run_is_not_deleted_under_a_look(trained: Any) -> None:
    trained.workspace.forget("first")
    with pytest.raises(Unavailable, match="queued or under way"):
        trained.workspace.delete("first")
    trained.work()
    folder = trained.workspace.run("first").folder
    assert (folder / "forgotten").is_dir()
    trained.workspace.delete("first")
    assert not folder.exists()


def test_a_run_over_4_bits_is_held_against_the_4_bit_base(trained: Any, tiny: Any) -> None:
    trained.train(str(tiny("llama")), "qlora", name="small", options=STRONG)
    trained.work()
    assert looked(trained, "small").base == "base@4bit"

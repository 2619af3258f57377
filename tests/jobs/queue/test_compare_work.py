"""The work of a comparison: what is missing is generated, all of it is scored."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from jobs.data import Renderer, fitting
from jobs.evaluation.generate import Answerer
from jobs.evaluation.loading import weights_of
from jobs.models.source import resolve
from jobs.models.tokenizer import load_tokenizer
from jobs.queue import answering
from jobs.queue.reporter import StoreReporter
from jobs.types import Example, Variant

STRONG = {"epochs": 1, "learning_rate": 0.05}


@pytest.fixture
def model(tiny: Any) -> str:
    return str(tiny("llama"))


@pytest.fixture
def trained(bench: Any, model: str) -> Any:
    """Two trained runs on one base."""
    bench.data()
    for name in ("first", "second"):
        bench.train(model, name=name, options=STRONG, seed=len(name))
    bench.work()
    assert {run.state for run in bench.workspace.runs()} == {"done"}
    return bench


def compared(bench: Any, *variants: str, **more: Any) -> Any:
    info = bench.workspace.compare("things", variants, **more)
    bench.work()
    info = bench.workspace.comparison(info.id)
    assert info.state == "done", info.error
    return bench.workspace.result(info.id)


def test_only_what_is_missing_is_generated(trained: Any, asked: list[tuple[str, int]]) -> None:
    count = trained.workspace.dataset("things").counts["test"]
    first = compared(trained, "base", "first")
    assert Counter(name for name, _ in asked) == {"base": count, "first": count}
    asked.clear()
    second = compared(trained, "base", "first", "second")
    assert Counter(name for name, _ in asked) == {"second": count}
    for before, after in zip(first.examples, second.examples, strict=True):
        for name in ("base", "first"):
            assert before.completions[name] == after.completions[name]
    asked.clear()
    compared(trained, "second", "first")
    assert asked == []


def test_a_harder_test_is_advised_where_a_comparison_asks_for_one(
    trained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def advised(result: Any) -> tuple[str, ...]:
        return (f"A harder test for {' and '.join(result.variants)}.",)

    monkeypatch.setattr("jobs.queue.work.compare.advice", advised)
    result = compared(trained, "base", "first", limit=3)
    assert "A harder test for base and first." in result.notes


def test_rows_that_a_run_learnt_from_take_no_side(trained: Any) -> None:
    warned = "“first” learnt from these very prompts"
    learnt = compared(trained, "base", "first", split="train")
    assert (learnt.verdict.startswith(warned), learnt.outcome) == (True, "unclear")
    both = compared(trained, "base", "first", "second", split="train", limit=3)
    assert "“first” and “second” learnt from these very prompts" in both.verdict
    for split in ("validation", "test"):
        assert warned not in compared(trained, "base", "first", split=split).verdict
    trained.data("others")
    info = trained.workspace.compare("others", ["base", "first"], split="train", limit=3)
    trained.work()
    assert warned not in trained.workspace.result(info.id).verdict  # it never saw these


def test_what_shapes_an_answer_is_not_mixed_up(trained: Any, asked: list[tuple[str, int]]) -> None:
    exact = compared(trained, "base", "first", dtype="float32")
    asked.clear()
    rounded = compared(trained, "base", "first", dtype="bfloat16")
    assert {name for name, _ in asked} == {"base", "first"}
    assert (exact.settings["dtype"], rounded.settings["dtype"]) == ("float32", "bfloat16")
    assert exact.notes[-1] == "The models computed in float32."
    assert "bfloat16: a few answers in a hundred may differ" in rounded.notes[-1]  # trap 36
    asked.clear()
    compared(trained, "base", "first", split="validation")
    assert asked


def test_a_stop_keeps_what_was_generated(
    trained: Any, asked: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    count = trained.workspace.dataset("things").counts["test"]
    info = trained.workspace.compare("things", ["base", "first"])
    kept = 3

    class Impatient(answering.Answerer):  # type: ignore[misc,name-defined]
        """Somebody presses stop when three answers are there."""

        def answer(self, requests: Any, s: Any, e: Any, p: Any, on_done: Any, stop: Any) -> bool:
            seen: list[str] = []

            def counted(variant: str, index: int, completion: Any) -> None:
                on_done(variant, index, completion)
                seen.append(variant)

            half = [r for r in requests if r.index < kept and r.variant == "base"]
            super().answer(half, s, e, p, counted, stop)
            trained.store.jobs.request_stop(info.job_id)
            return super().answer(requests, s, e, p, counted, lambda: bool(seen))

    with monkeypatch.context() as patch:
        patch.setattr(answering, "Answerer", Impatient)
        trained.work()
    assert trained.workspace.comparison(info.id).state == "stopped"
    assert trained.workspace.result(info.id) is None
    asked.clear()
    compared(trained, "base", "first")
    assert Counter(name for name, _ in asked) == {"base": count - kept, "first": count}


def test_the_time_left_is_told(trained: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, float | None]] = []
    progress = StoreReporter.progress

    def heard(self: Any, done: int, total: int, seconds_left: float | None = None) -> None:
        told.append((done, seconds_left))
        progress(self, done, total, seconds_left)

    monkeypatch.setattr(StoreReporter, "progress", heard)
    compared(trained, "base", "first")
    assert [done for done, _ in told] == [*range(1, len(told) + 1)]
    assert all(left is not None and left > 0 for _, left in told[len(told) // 2 : -1])
    assert told[-1][1] == 0


def test_an_adapter_that_changes_nothing_is_said(trained: Any) -> None:
    """Also when its answers were generated by an earlier comparison."""
    from safetensors.torch import load_file, save_file

    path = trained.workspace.run("second").folder / "adapter" / "adapter_model.safetensors"
    weights = load_file(path)
    zeros = {k: v * 0 if "lora_B" in k else v for k, v in weights.items()}
    save_file(zeros, path, metadata={"format": "pt"})
    said = "“second” answers exactly as its base does: what it learnt changes nothing."
    assert said in compared(trained, "base", "second").notes
    whole = compared(trained, "base", "first", "second")
    assert said in whole.notes
    assert said in compared(trained, "second", "base", limit=2).notes
    assert not any("“first” answers exactly" in note for note in whole.notes)


def plain(model: Path, renderer: Renderer, prompt: str, tokens: int, **loading: Any) -> str:
    """What a clean load of the base answers to one prompt, by transformers alone."""
    return plain_ids(model, renderer, renderer.prompt_ids(prompt), tokens, **loading)


def plain_ids(
    model: Path, renderer: Renderer, prompt_ids: list[int], tokens: int, **loading: Any
) -> str:
    """The same to token ids."""
    import torch
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32, **loading).eval()
    for module in base.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False  # it fails on odd sizes
    ids = torch.tensor([prompt_ids])
    with torch.no_grad():
        out = base.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=tokens,
            do_sample=False,
            eos_token_id=list(renderer.end_ids),
            pad_token_id=renderer.pad_id,
        )
    return str(renderer.tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True))


def four_bits() -> Any:
    import torch
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.float32,
    )


def test_the_base_is_the_base_and_qlora_answers_over_four_bits(
    bench: Any, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 22: beside adapters, token by token what a clean load of it answers."""
    loads: list[str] = []

    class Counting(Answerer):
        def _base(self, variant: Variant, wanted: Any) -> Any:
            if not self.holds(weights_of(variant)):
                loads.append(variant.precision)
            return super()._base(variant, wanted)

    monkeypatch.setattr(answering, "Answerer", Counting)
    bench.data()
    for method in ("lora", "qlora", "prompt-tuning"):
        bench.train(model, method, name=method)
    bench.work()
    names = ("base", "base@4bit", "lora", "qlora", "prompt-tuning")
    result = compared(bench, *names, dtype="float32", limit=3)
    assert sorted(loads) == ["4bit", "float32"]
    assert result.settings["precision"] == {
        **{"base": "float32", "lora": "float32", "prompt-tuning": "float32"},
        **{"base@4bit": "4bit", "qlora": "4bit"},
    }
    renderer = Renderer(load_tokenizer(resolve(model)))
    tokens = result.settings["max_new_tokens"]
    for example in result.examples:
        assert example.rendered_prompt == renderer.text(example.prompt)
        told = {name: c.text for name, c in example.completions.items()}
        assert told["base"] == plain(Path(model), renderer, example.prompt, tokens)
        assert told["base@4bit"] == plain(
            Path(model), renderer, example.prompt, tokens, quantization_config=four_bits()
        )


def test_prompts_too_long_for_the_model_are_said(bench: Any, model: str, tmp_path: Path) -> None:
    """Also when the answers were there already."""
    path = tmp_path / "long.csv"
    rows = [f"{'word ' * 60}{n},Done {n}." for n in range(20)]
    path.write_text("prompt,completion\n" + "\n".join(rows), encoding="utf-8")
    dataset = bench.workspace.add_dataset(path, "things")
    said = f"{dataset.counts['test']} prompts were too long for the model and lost the middle."
    asked = ("base", "base+1")
    assert said in compared(bench, *asked, model=model).notes
    assert "1 prompt was too long" in " ".join(compared(bench, *asked, model=model, limit=1).notes)


def test_the_answer_has_room_for_the_longest_reference(trained: Any, model: str) -> None:
    result = compared(trained, "base", "first", model=model)
    longest = max(
        len(r.encode()) + 1
        for split in ("train", "test")
        for e in trained.workspace.examples("things", split, limit=100)
        for r in e.references
    )
    assert longest < result.settings["max_new_tokens"] <= longest * 1.25


def test_examples_in_the_prompt_are_those_of_the_training_split(
    trained: Any, asked: list[tuple[str, int]], model: str
) -> None:
    """What the base answers to the same text by transformers alone; three shown in all."""
    result = compared(trained, "base", "base+1", "base+3", "first", dtype="float32", limit=3)
    shown = result.settings["examples_shown"]
    training = trained.workspace.examples("things", "train", limit=1000)
    known = {(e.prompt, e.references[0]) for e in training}
    assert len(shown) == 3
    assert {(one["prompt"], one["completion"]) for one in shown} <= known
    renderer = Renderer(load_tokenizer(resolve(model)))
    tokens = result.settings["max_new_tokens"]
    examples = [Example(one["prompt"], (one["completion"],)) for one in shown]
    for example in result.examples:
        for count in (1, 3):
            room = resolve(model).max_length - tokens
            ids, fitted = fitting(renderer, example.prompt, examples[:count], room)
            assert fitted == count
            wanted = plain_ids(Path(model), renderer, ids, tokens)
            if not renderer.chat:
                wanted = wanted.split("\n\n")[0]
            assert example.completions[f"base+{count}"].text == wanted
    asked.clear()
    compared(trained, "base", "base+3", dtype="float32", limit=3, model=model)
    assert asked == []


def test_several_bases_in_one_comparison(
    bench: Any, tiny: Any, asked: list[tuple[str, int]]
) -> None:
    """Each run is held against its own base, which answers as a clean load of it."""
    bench.data()
    other = str(tiny("gpt2"))
    bench.train(str(tiny("llama")), name="first", options=STRONG)
    bench.train(other, name="other", options=STRONG)
    bench.work()
    result = compared(bench, "base", "first", "other", dtype="float32")
    assert result.variants == ("base", "first", f"base:{other}", "other")
    assert result.settings["models"]["other"] == other
    count = bench.workspace.dataset("things").counts["test"]
    assert Counter(name for name, _ in asked) == dict.fromkeys(result.variants, count)
    renderer = Renderer(load_tokenizer(resolve(other)))
    limit = result.settings["max_new_tokens_of"][other]
    example = result.examples[0]
    told = example.completions[f"base:{other}"].text
    assert told == plain(Path(other), renderer, example.prompt, limit)
    pairs = {(d.a, d.b) for d in result.differences}
    assert {("first", "base"), ("other", f"base:{other}")} <= pairs


def test_completions_know_how_likely_their_reference_is(trained: Any) -> None:
    """Also those that an earlier comparison generated."""
    for _ in range(2):
        result = compared(trained, "base", "first", limit=4)
        for example in result.examples:
            for name in result.variants:
                assert example.completions[name].nll > 0
                assert example.scores[name]["nll"].value > 0
        assert result.summary["base"]["nll"].mean > 0

"""From what a person decided to a queued run."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
from collections import namedtuple
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.errors import (
    AlreadyExists,
    DataError,
    DiskFull,
    InputError,
    NotFound,
    OutOfMemory,
    Unavailable,
)
from jobs.queue.machine import FACT
from jobs.workspace import showing


def test_a_run_is_queued_with_all_that_was_decided(bench: Any, tiny: Any) -> None:
    dataset = bench.data(template="Say: {prompt}")
    run = bench.train(tiny("llama"), "lora", seed=5, effort="standard", options={"rank": "3"})
    assert run.name == "lora-things-1"
    assert run.state == "queued"
    assert (run.dataset_id, run.template, run.seed) == (dataset.id, "Say: {prompt}", 5)
    assert run.options["rank"] == 3
    assert run.options == bench.workspace.run(run.name).options
    assert bench.workspace.job(run.name).kind == "train"
    assert bench.workspace.queue() == [bench.workspace.job(run.name)]
    assert bench.workspace._executor.woken == ["cpu"]


def test_the_forecast_is_stored_with_the_run(bench: Any, tiny: Any) -> None:
    bench.data()
    model = str(tiny("llama"))
    options = {"epochs": 2, "batch_size": 4}
    ahead = bench.workspace.forecast("things", "lora", model, options=options)
    run = bench.workspace.train("things", "lora", model=model, options=options)
    assert run.forecast["steps"] == ahead.steps == run.steps
    assert run.forecast["trainable_parameters"] == ahead.trainable_parameters > 0
    assert ahead.seconds > 0
    assert ahead.peak_memory > 0


def test_rows_that_training_leaves_out_are_not_foreseen_either(
    bench: Any, tiny: Any, tmp_path: Path
) -> None:
    """Half of them have completions that leave no room for a prompt; they made the run of the
    others look like twice the steps over the longest rows there can be."""
    plain, mixed = tmp_path / "plain.csv", tmp_path / "mixed.csv"
    rows = [f"Thing {n},One thing.\n" for n in range(48)]
    plain.write_text("prompt,completion\n" + "".join(rows))
    lost = [f"Other {n},{'very long ' * 200}\n" for n in range(48)]
    mixed.write_text("prompt,completion\n" + "".join(map(str.__add__, rows, lost)))
    model, options = str(tiny("llama")), {"epochs": 2, "batch_size": 4, "max_length": 64}
    few = bench.workspace.add_dataset(plain, "plain", test_share=0.0)
    many = bench.workspace.add_dataset(mixed, "mixed", test_share=0.0)
    assert many.counts["train"] > 1.5 * few.counts["train"]
    ahead = bench.workspace.forecast("mixed", "lora", model, options=options)
    alone = bench.workspace.forecast("plain", "lora", model, options=options)
    assert ahead.peak_memory == alone.peak_memory
    assert ahead.seconds < 1.3 * alone.seconds
    run = bench.workspace.train("mixed", "lora", model=model, options=options)
    bench.work()
    cure = " Raise “Longest example” (max_length), or shorten the examples."
    told = [each.replace("would be left", "were left") for each in ahead.problems]
    told[-1] = told[-1].removesuffix(cure)
    assert told == bench.workspace.warnings(run.name)[: len(told)]
    assert alone.problems == ()
    result = bench.workspace.run(run.name).result
    assert result["steps"] == ahead.steps
    assert result["rows"] < many.counts["train"]
    card = (bench.workspace.export(run.name, tmp_path / "out") / "README.md").read_text()
    assert f"trained on {result['rows']} of {many.counts['train']} examples" in card


def test_where_nothing_fits_nothing_starts(bench: Any, tiny: Any, tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    rows = [f"Why {n}?,{'very long ' * 200}\n" for n in range(60)]
    path.write_text("prompt,completion\n" + "".join(rows))
    bench.workspace.add_dataset(path, "endless")
    asked: dict[str, Any] = {"model": str(tiny("llama")), "options": {"max_length": 64}}
    (told,) = bench.workspace.forecast("endless", "lora", **asked).problems
    assert re.match(r"(\d+) of \1 training examples would be left out", told)
    with pytest.raises(DataError, match="No example fits into 64 tokens") as refused:
        bench.workspace.train("endless", "lora", **asked)
    assert "Raise “Longest example”" in refused.value.cure
    assert bench.workspace.runs() == []


def test_a_run_of_the_very_same_training_is_found(
    bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it took stands beside the forecast; a run of other rows, options or half the steps says
    nothing of this one."""
    bench.data()
    model = str(tiny("llama"))
    options = {"epochs": 1, "rank": 3}

    def found(method: str = "lora", **more: Any) -> Any:
        return bench.workspace.trained_before("things", method, model, options={**options, **more})

    def ended(state: str, step: int, **more: Any) -> Any:
        run = bench.workspace.train("things", "lora", model=model, options=options, **more)
        told = {"step": step, "steps": 5, "seconds": 3.0, "peak_memory": 9e8}
        bench.store.runs.set_result(run.id, told)
        bench.end(run, state)
        return run

    assert found() is None
    ended("stopped", 5, seed=1)
    ended("done", 4, seed=2)  # stopped early
    assert found() is None
    first, second = ended("done", 5, seed=3), ended("done", 5, seed=4)
    assert found().id == second.id
    assert found(rank=4) is None
    assert found("qlora") is None
    bench.workspace.delete(second.name)
    assert found().id == first.id
    asked = bench.workspace.trained_before
    assert asked("things", "lora", str(tiny("gpt2")), options=options) is None
    bench.data("others")
    assert asked("others", "lora", model, options=options) is None
    elsewhere = replace(bench.workspace._machine.guess(), name="cuda:0")
    monkeypatch.setattr(bench.workspace._machine, "guess", lambda: elsewhere)
    assert found() is None


def test_a_guess_is_not_held_against_what_a_run_takes(bench: Any, tiny: Any) -> None:
    """Before the probe answers, nobody knows how fast this machine is: 466 s were said of 35."""
    bench.data()
    known = bench.workspace.train("things", "lora", model=str(tiny("llama")), name="known")
    assert known.forecast["seconds"] > 0
    assert known.forecast["peak_memory"] > 0
    bench.store.facts.set(FACT, {})
    run = bench.workspace.train("things", "lora", model=str(tiny("llama")), name="guessed")
    assert (run.forecast["seconds"], run.forecast["peak_memory"]) == (None, None)
    assert run.forecast["steps"] == run.steps > 0


def test_a_comparison_is_queued_behind_the_run(bench: Any, tiny: Any) -> None:
    bench.data()
    run = bench.train(tiny("llama"), compare=True)
    (comparison,) = bench.workspace.comparisons()
    assert comparison.variants == ("base", run.name)
    assert comparison.split == "test"
    assert bench.workspace.comparison_of(run.name) == comparison
    assert [job.kind for job in bench.workspace.queue()] == ["train", "compare"]
    assert bench.store.jobs.claim("cpu").kind == "train"
    assert bench.store.jobs.claim("cpu") is None  # it waits for its run


def test_run_and_comparison_are_queued_together_or_not_at_all(bench: Any, tiny: Any) -> None:
    """The row of the comparison is refused by the database: the run must not stay behind."""
    bench.data()
    bench.store.comparisons.add = refuse
    with pytest.raises(RuntimeError):
        bench.train(tiny("llama"), compare=True)
    assert bench.workspace.runs() == []
    assert bench.workspace.queue() == []


def refuse(**_: Any) -> None:
    raise RuntimeError("the process ended here")


@pytest.mark.parametrize(
    ("method", "more", "kind", "part"),
    [
        ("lora", {"options": {"rnak": 8}}, InputError, "rnak"),
        ("lora", {"options": {"rank": 0}}, InputError, "from 1 to"),
        ("lora", {"options": {"epochs": "many"}}, InputError, "many"),
        ("lora", {"options": {"virtual_tokens": 20}}, InputError, "virtual_tokens"),
        ("lora", {"effort": "heroic"}, InputError, "heroic"),
        ("lora", {"name": "a/b"}, InputError, "slash"),
        ("lora", {"name": "base"}, InputError, "base"),
        ("magic", {}, InputError, "magic"),
        ("lora", {"data": "thigns"}, NotFound, "things"),
    ],
)
def test_what_cannot_start_leaves_nothing(
    bench: Any, tiny: Any, method: str, more: dict[str, Any], kind: type[InputError], part: str
) -> None:
    bench.data()
    with pytest.raises(kind) as caught:
        bench.train(tiny("llama"), method, compare=True, **more)
    assert part in str(caught.value)
    assert bench.workspace.runs() == []
    assert bench.workspace.comparisons() == []
    assert bench.workspace.queue() == []


def test_names_never_overwrite(bench: Any, tiny: Any) -> None:
    bench.data()
    first = bench.train(tiny("llama"), name="mine")
    with pytest.raises(AlreadyExists):
        bench.train(tiny("llama"), name="mine")
    assert bench.workspace.runs() == [first]


def test_a_method_that_cannot_run_here(make_bench: Any, device: Any, tiny: Any) -> None:
    bench = make_bench(device=dataclasses.replace(device, four_bit="the kernels are missing"))
    bench.data()
    with pytest.raises(Unavailable, match=r"QLoRA cannot run here.*kernels are missing"):
        bench.train(tiny("llama"), "qlora")
    assert bench.workspace.runs() == []
    offered = {m.name: m for m in bench.workspace.methods(str(tiny("llama")))}
    assert not offered["qlora"].available
    assert offered["qlora"].reason
    assert [m.name for m in offered.values() if m.recommended] == ["lora"]


def test_a_full_disk_is_told_before_anything_starts(
    bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.data()
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12, 10**6))
    with pytest.raises(DiskFull, match="1 MB is free") as caught:
        bench.train(tiny("llama"))
    assert "--home" in caught.value.cure
    assert bench.workspace.runs() == []


def test_what_can_never_fit_is_refused_with_what_would(
    make_bench: Any, device: Any, tiny: Any
) -> None:
    small = dataclasses.replace(device, memory=1_000_000_000, free=900_000_000)
    bench = make_bench(device=small)
    bench.data()
    wide = {"batch_size": 1024, "max_length": 1024}
    with pytest.raises(OutOfMemory, match=r"1\.0 GB in all") as caught:
        bench.train(tiny("llama"), options=wide)
    nearest = bench.workspace.forecast("things", "lora", str(tiny("llama")), options=wide).nearest
    assert f"batch_size={nearest.options['batch_size']}" in caught.value.cure
    assert bench.workspace.runs() == []
    assert bench.train(tiny("llama"), options=wide | dict(nearest.options)).state == "queued"


def test_a_relative_folder_means_the_same_in_the_child(
    bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child has another working directory than the person's shell."""
    folder = tiny("llama")
    bench.data()
    monkeypatch.chdir(folder.parent)
    run = bench.train(folder.name)
    assert os.path.isabs(run.model)
    again = bench.train(folder)
    assert again.model == run.model
    monkeypatch.chdir("/")
    assert bench.workspace.model(run.model).path == folder.resolve()


def test_stop_resume_and_delete(bench: Any, tiny: Any) -> None:
    bench.data()
    run = bench.train(tiny("llama"), name="mine")
    with pytest.raises(Unavailable, match="Stop it first"):
        bench.workspace.delete("mine")
    assert bench.workspace.stop("mine").state == "stopped"
    with pytest.raises(Unavailable, match="is stopped: there is nothing to stop"):
        bench.workspace.stop("mine")
    assert bench.workspace.resume("mine").state == "queued"
    assert bench.workspace.job("mine").attempt == 1
    bench.workspace.stop("mine")
    run.folder.mkdir(parents=True)
    bench.workspace.delete("mine")
    assert not run.folder.exists()
    assert bench.workspace.runs() == []


def test_the_lengths_of_every_split(bench: Any, tiny: Any) -> None:
    dataset = bench.data()
    lengths = bench.workspace.lengths("things", str(tiny("llama")))
    assert {split: len(counts) for split, counts in lengths.tokens.items()} == dataset.counts
    assert lengths.limit == 256
    example = bench.workspace.examples("things", limit=1)[0]
    # Bytes as tokens; three of the chat template around the prompt, one that ends the answer.
    letters = len(example.prompt.encode()) + len(example.references[0].encode())
    assert lengths.tokens["train"][0] == letters + 3 + 1


def text_of(example: Any, *states: str) -> str:
    return "".join(token.text for token in example.tokens if token.state in states)


def test_the_mask_shows_what_is_read_and_what_is_learnt(bench: Any, tiny: Any) -> None:
    bench.data()
    (shown,) = bench.workspace.mask("things", model=str(tiny("llama")), limit=1)
    example = bench.workspace.examples("things", limit=1)[0]
    assert shown.row == example.row
    assert text_of(shown, "read") == f"<|user|>{example.prompt}<|end|><|assistant|>"
    assert text_of(shown, "learnt") == f"{example.references[0]}<|end|>"
    assert text_of(shown, "cut") == ""


def test_a_prompt_that_is_too_long_loses_its_middle(bench: Any, tiny: Any, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    beginning, middle, end = "a" * 100, "m" * 400, "z" * 100
    rows = [f"{beginning}{middle}{end}{n},Done {n}." for n in range(30)]
    path.write_text("prompt,completion\n" + "\n".join(rows), encoding="utf-8")
    bench.workspace.add_dataset(path, "long")
    (shown,) = bench.workspace.mask("long", "prompt-tuning", str(tiny("llama")), limit=1)
    kept = [t for t in shown.tokens if t.state != "cut"]
    virtual = bench.workspace.defaults("long", "prompt-tuning", str(tiny("llama")))
    assert len(kept) == 256 - virtual["virtual_tokens"]
    assert set(text_of(shown, "cut")) <= {"a", "m", "z"}
    assert "m" * 300 in text_of(shown, "cut")
    assert text_of(shown, "read").startswith("<|user|>aaa")
    assert text_of(shown, "read").endswith("<|assistant|>")
    assert text_of(shown, "learnt").startswith("Done ")
    states = [t.state for t in shown.tokens]
    order = [s for i, s in enumerate(states) if i == 0 or s != states[i - 1]]
    assert order == ["read", "cut", "read", "learnt"]


def test_an_example_that_does_not_fit_at_all_is_shown_as_cut(
    bench: Any, tiny: Any, tmp_path: Path
) -> None:
    path = tmp_path / "huge.csv"
    rows = [f"Question {n},{'word ' * 80}{n}" for n in range(30)]
    path.write_text("prompt,completion\n" + "\n".join(rows), encoding="utf-8")
    bench.workspace.add_dataset(path, "huge")
    (shown,) = bench.workspace.mask("huge", model=str(tiny("llama")), limit=1)
    assert {t.state for t in shown.tokens} == {"cut"}


@pytest.mark.parametrize("model", ["llama", "starter"])
def test_a_character_of_several_tokens_is_shown_whole(
    bench: Any, tiny: Any, tmp_path: Path, model: str
) -> None:
    path = tmp_path / "signs.csv"
    rows = [f"猫が{n}匹 🦊 é,とても良い {n} 👍🏽" for n in range(30)]
    path.write_text("prompt,completion\n" + "\n".join(rows), encoding="utf-8")
    bench.workspace.add_dataset(path, "signs")
    spec = model if model == "starter" else str(tiny(model))
    (shown,) = bench.workspace.mask("signs", model=spec, limit=1)
    example = bench.workspace.examples("signs", limit=1)[0]
    assert example.prompt in text_of(shown, "read")
    assert example.references[0] in text_of(shown, "learnt")
    assert "\N{REPLACEMENT CHARACTER}" not in text_of(shown, "read", "learnt")


def test_pieces_lose_no_text_where_it_ends_in_half_a_character(tiny: Any) -> None:
    from jobs.models.source import resolve
    from jobs.models.tokenizer import load_tokenizer

    tokenizer = load_tokenizer(resolve(str(tiny("llama"))))
    ids = tokenizer("ab猫", add_special_tokens=False)["input_ids"][:-1]
    pieces = showing.pieces(tokenizer, ids)
    assert len(pieces) == len(ids)
    assert "".join(pieces) == tokenizer.decode(ids)


def test_a_model_that_is_still_on_the_hub_can_be_foreseen(bench: Any, hub: Any) -> None:
    """Before a download nothing is known of the model but its id."""
    bench.data()
    for method in [choice.name for choice in bench.workspace.methods()]:
        ahead = bench.workspace.forecast("things", method, "somebody/tiny")
        assert ahead.steps > 0
        assert bench.workspace.defaults("things", method, "somebody/tiny")["max_length"] > 0
    lengths = bench.workspace.lengths("things", "somebody/tiny")
    assert min(lengths.tokens["train"]) > 0
    with pytest.raises(NotFound, match="not on this machine"):
        bench.workspace.mask("things", model="somebody/tiny")
    assert hub.requests == []

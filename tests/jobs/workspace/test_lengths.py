"""Tokens are counted once for a version, a template and a tokenizer, and remembered."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from jobs.models import lengths
from jobs.models.lengths import count_all, token_counts
from jobs.models.source import resolve


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The splits that were really counted, in order."""
    found: list[str] = []
    real = lengths._counted

    def counting(folder: Any, split: Any, *more: Any) -> Any:
        found.append(split)
        return real(folder, split, *more)

    monkeypatch.setattr(lengths, "_counted", counting)
    return found


def test_they_are_counted_once(bench: Any, tiny: Any, counted: list[str]) -> None:
    dataset = bench.data()
    folder, info = bench.workspace.home.dataset(dataset.id), resolve(str(tiny("llama")))
    first = token_counts(folder, dataset, info, ("train", "validation"))
    assert counted == ["train", "validation"]
    assert first["train"].shape == (dataset.counts["train"], 2)
    assert (first["train"] > 0).all()
    again = token_counts(folder, dataset, info)
    assert counted == ["train", "validation", "test"]
    assert (again["train"] == first["train"]).all()
    assert bench.workspace.lengths("things", str(tiny("llama"))).tokens["train"] == tuple(
        first["train"].sum(axis=1).tolist()
    )
    assert len(counted) == 3


def test_another_template_or_tokenizer_is_counted_anew(
    bench: Any, tiny: Any, counted: list[str]
) -> None:
    dataset = bench.data()
    folder, info = bench.workspace.home.dataset(dataset.id), resolve(str(tiny("llama")))
    plain = token_counts(folder, dataset, info, ("train",))
    longer = dataclasses.replace(dataset, template="Say this again: {prompt}")
    assert (token_counts(folder, longer, info, ("train",))["train"] > plain["train"])[:, 0].all()
    token_counts(folder, dataset, resolve(str(tiny("gpt2"))), ("train",))
    assert counted == ["train"] * 3


def test_only_so_many_files_are_kept(bench: Any, tiny: Any) -> None:
    dataset = bench.data()
    folder, info = bench.workspace.home.dataset(dataset.id), resolve(str(tiny("llama")))
    for number in range(lengths.REMEMBERED + 4):
        other = dataclasses.replace(dataset, template=f"{number} {{prompt}}")
        token_counts(folder, other, info, ("test",))
    assert len([*folder.glob("tokens-*.npz")]) == lengths.REMEMBERED


def test_a_file_that_was_cut_off_is_counted_again(
    bench: Any, tiny: Any, counted: list[str]
) -> None:
    dataset = bench.data()
    folder, info = bench.workspace.home.dataset(dataset.id), resolve(str(tiny("llama")))
    first = token_counts(folder, dataset, info, ("train",))
    (kept,) = folder.glob("tokens-*.npz")
    kept.write_bytes(kept.read_bytes()[:40])
    assert (token_counts(folder, dataset, info, ("train",))["train"] == first["train"]).all()
    assert counted == ["train", "train"]


def test_all_are_counted_where_a_job_has_the_time(
    bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lengths, "COUNTED", 5)
    dataset = bench.data()
    folder, info = bench.workspace.home.dataset(dataset.id), resolve(str(tiny("llama")))
    assert len(token_counts(folder, dataset, info, ("train",))["train"]) == 5
    told: list[int] = []
    count_all(folder, dataset, info, told.append)
    assert sum(told) == sum(dataset.counts.values())
    assert len(token_counts(folder, dataset, info, ("train",))["train"]) == dataset.counts["train"]


def test_without_the_tokenizer_characters_are_told(bench: Any) -> None:
    dataset = bench.data()
    folder = bench.workspace.home.dataset(dataset.id)
    info = dataclasses.replace(resolve("starter"), path=None)
    counts = token_counts(folder, dataset, info, ("test",))["test"]
    assert counts.dtype == np.int64
    assert len(counts) == dataset.counts["test"]
    assert not [*folder.glob("tokens-*.npz")]


def test_of_data_that_was_not_studied_yet_only_the_first_are_counted(
    bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page is opened before the job has had the time."""
    monkeypatch.setattr(lengths, "FIRST", 4)
    dataset = bench.data()
    folder, info = bench.workspace.home.dataset(dataset.id), resolve(str(tiny("llama")))
    large = dataclasses.replace(dataset, studied=False)
    assert len(token_counts(folder, large, info, ("train",))["train"]) == 4


def test_what_is_told_of_the_first_says_so(
    bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = str(tiny("llama"))
    dataset = bench.data()
    assert bench.workspace.lengths("things", spec).counted is None
    monkeypatch.setattr(lengths, "COUNTED", 3)
    again = bench.workspace.set_template("things", "Say: {prompt}")
    found = bench.workspace.lengths("things", spec).counted
    assert found == sum(min(3, rows) for rows in dataset.counts.values())
    (job,) = bench.workspace.queue()  # counts the others
    assert (job.kind, job.payload["dataset_id"]) == ("study", again.id)

"""The datasets that come along, and the first try on one of them."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from jobs.errors import NotFound, Unavailable
from jobs.queue import machine
from jobs.queue.machine import FACT


def test_every_sample_is_there_with_its_columns(bench: Any) -> None:
    for sample in bench.workspace.samples():
        assert sample.path.is_file()
        dataset = bench.workspace.add_sample(sample.name)
        assert dataset.columns.prompt == sample.prompt
        assert dataset.columns.completions == (sample.completion,)
        assert dataset.intake["read"] == sample.rows
        assert dataset.counts["test"] >= 100
        assert sum(dataset.counts.values()) >= 500
        assert bench.workspace.add_sample(sample.name) == dataset


def test_a_sample_that_nobody_brought(bench: Any) -> None:
    with pytest.raises(NotFound, match="lighthouse-replies"):
        bench.workspace.add_sample("nobody")


def test_two_presses_are_one_try(bench: Any) -> None:
    first = bench.workspace.try_sample()
    assert bench.workspace.try_sample() == first
    assert [job.kind for job in bench.workspace.queue()] == ["train", "compare"]
    assert bench.workspace.comparison_of(first.name).variants == ("base", first.name)
    bench.end(first)
    assert bench.workspace.try_sample().id != first.id


def test_two_presses_at_once_are_one_try(bench: Any) -> None:
    found: list[Any] = []

    def press() -> None:
        found.append(bench.workspace.try_sample())

    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len({run.id for run in found}) == 1
    assert len(bench.workspace.runs()) == 1
    assert len(bench.workspace.datasets()) == 1


def test_another_run_on_the_sample_is_no_first_try(bench: Any, tiny: Any) -> None:
    name = bench.workspace.samples()[0].name
    bench.workspace.add_sample(name)
    other = bench.workspace.train(name, "prompt-tuning", model=str(tiny("llama")))
    run = bench.workspace.try_sample()
    assert run.id != other.id
    assert (run.method, run.model, run.effort) == ("lora", "starter", "quick")


def test_the_first_try_is_forecast_before_and_after_its_data_are_there(bench: Any) -> None:
    before = bench.workspace.sample_forecast()
    assert bench.workspace.datasets() == []
    name = bench.workspace.samples()[0].name
    bench.workspace.add_sample(name)
    after = bench.workspace.sample_forecast()
    assert after == bench.workspace.forecast(name, "lora")
    assert dataclasses.replace(before, disk=after.disk) == after
    assert before.seconds > 1


def test_a_machine_that_nobody_measured_is_measured_and_gets_no_figure(
    make_bench: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, probes = make_bench(), []
    known = bench.workspace.device()

    def fails() -> Any:
        probes.append(1)
        raise Unavailable("It could not be found out.", "Install it again.")

    bench.store.facts.set(FACT, {})
    monkeypatch.setattr(machine, "probe_in_child", fails)
    for _ in range(5):
        assert bench.workspace.sample_forecast() is None
        _until(probes)
    assert len(probes) == 1  # what fails is not tried at every look
    monkeypatch.setattr(machine, "probe_in_child", lambda: [known])
    bench.workspace.probe()
    assert bench.workspace.sample_forecast() is not None


def _until(probes: list[int]) -> None:
    """The probe runs in a thread of its own."""
    end = time.monotonic() + 10
    while not probes and time.monotonic() < end:
        time.sleep(0.01)

"""The main job on a model of the Hub, and what goes wrong between this machine and it."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.errors import AttuneError, NotFound, Unavailable

ID = "somebody/tiny-llama"


def test_the_main_job_on_a_model_of_the_hub(bench: Any, hub: Any, tiny: Any) -> None:
    hub.add(ID, tiny("llama"))
    bench.data()
    run = bench.train(ID, compare=True)
    assert bench.workspace.model(ID).path is None  # nothing large is fetched by the page
    assert not [r for r in hub.requests if r.startswith("GET") and r.endswith(".safetensors")]
    phases: list[tuple[str, int, int]] = []
    told = bench.store.jobs.progress

    def progress(job_id: int, phase: str, done: int, total: int, *rest: Any, **more: Any) -> None:
        phases.append((phase, done, total))
        told(job_id, phase, done, total, *rest, **more)

    bench.store.jobs.progress = progress
    bench.work()
    assert bench.workspace.run(run.name).state == "done"
    fetching = [(done, total) for phase, done, total in phases if phase.startswith("Fetching")]
    assert fetching
    assert f"Fetching {ID} from the Hub" in {phase for phase, _, _ in phases}
    assert all(done <= total for done, total in fetching if total)
    comparison = bench.workspace.comparison_of(run.name)
    assert comparison.state == "done"
    assert bench.workspace.result(comparison.id).variants == ("base", run.name)
    hub.stop()
    bench.train(ID)  # it is here now
    bench.work()
    assert {r.state for r in bench.workspace.runs()} == {"done"}


def refused(bench: Any) -> AttuneError:
    with pytest.raises(AttuneError) as caught:
        bench.train(ID)
    assert bench.workspace.runs() == []
    return caught.value


def test_an_id_that_the_hub_does_not_know(bench: Any, hub: Any) -> None:
    bench.data()
    error = refused(bench)
    assert isinstance(error, NotFound)
    assert ID in error.what


def test_a_gated_model(bench: Any, hub: Any, tiny: Any) -> None:
    hub.add(ID, tiny("llama"), gated=True)
    bench.data()
    error = refused(bench)
    assert isinstance(error, Unavailable)
    assert "terms" in error.what
    assert "HF_TOKEN" in error.cure


def test_no_network(bench: Any, hub: Any, tiny: Any) -> None:
    hub.add(ID, tiny("llama"))
    hub.stop()
    bench.data()
    error = refused(bench)
    assert isinstance(error, Unavailable)
    assert "starter" in error.cure


def test_a_network_that_goes_before_the_fetch_fails_the_run(
    bench: Any, hub: Any, tiny: Any
) -> None:
    hub.add(ID, tiny("llama"))
    bench.data()
    run = bench.train(ID, compare=True)
    hub.stop()
    bench.work()
    failed = bench.workspace.run(run.name)
    assert failed.state == "failed"
    assert "cannot be reached" in failed.error["what"]
    assert bench.workspace.comparison_of(run.name).state == "failed"


def test_a_stop_during_the_fetch_is_a_stop(bench: Any, hub: Any, tiny: Any) -> None:
    hub.add(ID, tiny("llama"))
    bench.data()
    run = bench.train(ID)
    claimed = bench.store.jobs.claim

    def claim(device: str) -> Any:
        job = claimed(device)
        if job is not None and job.attempt == 0:
            bench.store.jobs.request_stop(job.id)
        return job

    bench.store.jobs.claim = claim
    bench.work()
    stopped = bench.workspace.run(run.name)
    assert (stopped.state, stopped.error) == ("stopped", None)
    bench.workspace.resume(run.name)
    bench.work()
    assert bench.workspace.run(run.name).state == "done"

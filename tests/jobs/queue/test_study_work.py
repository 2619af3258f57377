"""A large dataset is studied by a job: its findings come later, beside those that are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jobs.queue.reporter import StoreReporter
from jobs.workspace import importing

CHAT = (
    "Agent: What can I do for you? Customer: My {} has not arrived and I am waiting since Monday. "
    "Agent: I am sorry to hear that, let me look. It waits at customs, and we have sent them the "
    "invoice this morning. Customer: Thank you, then I wait for two more days. Agent: Good bye"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [(CHAT.format(f"thing {n}"), f"Thing {n} waits at customs.") for n in range(60)]
    rows += [(f"{prompt}.", f"{said.upper()}") for prompt, said in rows[:12]]
    path = tmp_path / "chats.csv"
    path.write_text("prompt,completion\n" + "".join(f'"{p}","{c}"\n' for p, c in rows))
    return path


def test_what_is_found_later_stands_beside_what_was_known(
    make_bench: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = make_bench("small").workspace.add_dataset(file, "chats")
    monkeypatch.setattr(importing, "STUDIED_AT_ONCE", 10)
    bench = make_bench("large")
    large = bench.workspace.add_dataset(file, "chats")
    assert small.studied
    assert not large.studied
    near = {"near_duplicates", "near_test_rows"}
    assert not near & {finding.code for finding in large.findings}
    (job,) = bench.workspace.queue()
    assert (job.kind, job.payload) == ("study", {"dataset_id": large.id, "model": "starter"})
    assert bench.workspace.study_of("chats").id == job.id
    bench.work()
    done = bench.store.jobs.get(job.id)
    assert (done.state, done.error) == ("done", None)
    assert done.done == done.total == sum(large.counts.values())
    studied = bench.workspace.dataset("chats")
    assert studied.studied
    assert {f.code: f.count for f in studied.findings} == {f.code: f.count for f in small.findings}
    assert near & {finding.code for finding in studied.findings}
    assert bench.workspace.study_of("chats") is None
    assert [*bench.workspace.home.dataset(large.id).glob("tokens-*.npz")]


def test_a_version_of_a_large_dataset_is_studied_as_well(
    make_bench: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_bench()
    bench.workspace.add_dataset(file, "chats")
    monkeypatch.setattr("jobs.data.versions.STUDIED_AT_ONCE", 10)
    second = bench.workspace.drop_row("chats", "train", 0)
    assert not second.studied
    assert [job.payload["dataset_id"] for job in bench.workspace.queue()] == [second.id]


@pytest.mark.parametrize(("kind", "further"), [("ask", 0), ("study", 1)])
def test_other_work_is_no_study_of_a_dataset(
    bench: Any, file: Path, kind: Any, further: int
) -> None:
    """The Data page would wait for findings until an answer is there."""
    made = bench.workspace.add_dataset(file, "chats")
    bench.store.jobs.submit(kind, "cpu", payload={"dataset_id": made.id + further})
    assert bench.workspace.study_of("chats") is None


def test_a_dataset_that_went_meanwhile(
    make_bench: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "STUDIED_AT_ONCE", 10)
    bench = make_bench()
    bench.workspace.add_dataset(file, "chats")
    (job,) = bench.workspace.queue()
    bench.workspace.delete_dataset("chats")
    bench.work()
    done = bench.store.jobs.get(job.id)
    assert done.state == "failed"
    assert "no dataset" in done.error["what"]


def test_what_was_studied_at_once_is_only_counted(
    make_bench: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.models.lengths.COUNTED", 10)
    monkeypatch.setattr("jobs.queue.work.study.study", None)  # looking again would fail
    bench = make_bench()
    made = bench.workspace.add_dataset(file, "chats")
    assert made.studied
    assert bench.workspace.lengths("chats").counted is not None
    (job,) = bench.workspace.queue()
    bench.work()
    done = bench.store.jobs.get(job.id)
    assert (done.state, done.error) == ("done", None)
    assert bench.workspace.lengths("chats").counted is None
    assert bench.workspace.dataset("chats").findings == made.findings


def test_a_study_says_how_long_it_still_takes(
    make_bench: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "STUDIED_AT_ONCE", 10)
    told: list[tuple[int, int, float | None]] = []

    def progress(_: Any, done: int, total: int, seconds_left: float | None = None) -> None:
        told.append((done, total, seconds_left))

    monkeypatch.setattr(StoreReporter, "progress", progress)
    bench = make_bench()
    bench.workspace.add_dataset(file, "chats")
    bench.work()
    assert len({total for _, total, _ in told}) == 2  # looking, and counting tokens
    assert {total for _, total, left in told if left is not None} == {total for _, total, _ in told}
    assert all(left == 0 for done, total, left in told if done == total and left is not None)

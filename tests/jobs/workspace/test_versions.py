"""A mend or an edit makes a version; the test stays the test; undo goes back."""

from __future__ import annotations

import csv
import threading
from pathlib import Path
from typing import Any

import pytest

from jobs.data import OnProgress, Progress, load_examples
from jobs.data.normal import normalize
from jobs.data.storage import fingerprint
from jobs.data.versions import derive, unchanged
from jobs.errors import AttuneError, InputError, NotFound, Unavailable
from jobs.types import DatasetInfo, Example

SPLITS = ("train", "validation", "test")
ASKED_AGAIN = [(f"Where is thing {n}?", "It is lost.") for n in range(9)]


def brought(bench: Any, tmp_path: Path, extra: list[tuple[str, str]] = (), **more: Any) -> Any:
    """A dataset of 80 clean rows and some that are not."""
    path = tmp_path / "rows.csv"
    rows = [(f"Where is thing {n}?", f"It is in room {n}, on shelf {n % 7}.") for n in range(80)]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("question", "answer"), *rows, *extra])
    return bench.workspace.add_dataset(path, "things", **{"test_share": 0.2} | more)


def rows_of(bench: Any, dataset: Any) -> dict[str, list[Example]]:
    folder = bench.workspace.home.dataset(dataset.id)
    return {split: load_examples(folder, split) for split in SPLITS}


def leftovers(bench: Any) -> set[str]:
    known = {
        str(v.id) for d in bench.workspace.datasets() for v in bench.workspace.versions(d.name)
    }
    return {p.name for p in bench.workspace.home.datasets.iterdir()} - known


def test_a_mend_makes_a_version_and_undo_goes_back(bench: Any, tmp_path: Path) -> None:
    first = brought(bench, tmp_path, [("Where is thing 3?", "It is in room 3, on shelf 3.")] * 3)
    (finding,) = [f for f in first.findings if f.code == "duplicates"]
    assert finding.mend == "Keep each once"
    before = rows_of(bench, first)
    second = bench.workspace.mend("things", "duplicates")
    assert (second.version, second.parent_id, second.change) == (
        2,
        first.id,
        "Repeated rows left out",
    )
    assert second.changes == {"dropped": 3, "changed": 0, "added": 0}
    assert first.fingerprint == fingerprint(before)
    assert second.fingerprint == fingerprint(rows_of(bench, second)) != first.fingerprint
    assert "duplicates" not in {f.code for f in second.findings}
    assert rows_of(bench, first) == before  # a dataset never changes
    assert rows_of(bench, second)["test"] == before["test"]
    assert bench.workspace.dataset("things") == second
    assert bench.workspace.dataset("things@1").current is False
    assert [v.version for v in bench.workspace.versions("things")] == [2, 1]
    back = bench.workspace.undo("things")
    assert (back.id, back.current, back.fingerprint) == (first.id, True, first.fingerprint)
    assert bench.workspace.dataset("things").id == first.id
    third = bench.workspace.mend("things", "duplicates")
    assert (third.version, third.parent_id, third.fingerprint) == (3, first.id, second.fingerprint)
    assert len(bench.workspace.datasets()) == 1
    assert leftovers(bench) == set()


def test_a_version_tells_of_repeats_in_the_words_of_the_first(bench: Any, tmp_path: Path) -> None:
    first = brought(bench, tmp_path, [("Where is thing 3?", "It is in room 3, on shelf 3.")] * 3)
    second = bench.workspace.drop_row("things", "train", 0)
    for version in (first, second):
        (told,) = [f.sentence for f in version.findings if f.code == "duplicates"]
        assert "of the rows that are learnt from repeat" in told


def test_what_was_added_cannot_be_undone(bench: Any, tmp_path: Path) -> None:
    brought(bench, tmp_path)
    with pytest.raises(Unavailable, match="nothing to undo"):
        bench.workspace.undo("things")


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (lambda w: w.mend("things", "duplicates"), Unavailable, "has not found"),
        (lambda w: w.mend("things", "no_such"), NotFound, "no mend"),
        (lambda w: w.drop_row("things", "train", 9999), NotFound, "no row in place 10,000"),
        (lambda w: w.drop_row("things", "train", -1), NotFound, "no row"),
        (lambda w: w.drop_row("things", "rehearsal", 0), NotFound, "rehearsal"),
        (lambda w: w.edit_row("things", "train", 0, " ", ["x"]), InputError, "needs a prompt"),
        (lambda w: w.edit_row("things", "train", 0, "x", ["", " "]), InputError, "completion"),
        (lambda w: w.edit_row("things", "train", 0, "\ud800", ["x"]), InputError, "half a char"),
        (lambda w: w.add_rows("things", []), InputError, "No row"),
        (lambda w: w.set_template("things", "nothing"), InputError, "no {prompt}"),
        (lambda w: w.set_template("things", "{prompt}"), InputError, "it has"),
        (lambda w: w.use_version("things", 9), NotFound, "has no version 9"),
        (lambda w: w.compare_versions("things", 1, 9), NotFound, "has no version 9"),
    ],
)
def test_what_cannot_be_done_leaves_nothing(
    bench: Any, tmp_path: Path, act: Any, kind: type[AttuneError], words: str
) -> None:
    first = brought(bench, tmp_path)
    with pytest.raises(kind, match=words) as caught:
        act(bench.workspace)
    assert caught.value.cure
    assert bench.workspace.versions("things") == [first]
    assert leftovers(bench) == set()


def test_rows_are_edited_dropped_and_added(bench: Any, tmp_path: Path) -> None:
    first = brought(bench, tmp_path)
    was = rows_of(bench, first)
    edited = bench.workspace.edit_row("things", "train", 2, "Where is it?", ["Here.", "There."])
    row = rows_of(bench, edited)["train"][2]
    assert row == Example("Where is it?", ("Here.", "There."), was["train"][2].row)
    assert edited.changes == {"dropped": 0, "changed": 1, "added": 0}
    dropped = bench.workspace.drop_row("things", "validation", 0)
    assert rows_of(bench, dropped)["validation"] == was["validation"][1:]
    kept = bench.workspace.keep_example("things", "Who are you?", "A lamp, 007, None.")
    new = rows_of(bench, kept)["train"][-1]
    assert (new.prompt, new.references) == ("Who are you?", ("A lamp, 007, None.",))
    assert new.row == 81
    assert kept.counts["train"] == first.counts["train"] + 1
    assert [v.change for v in bench.workspace.versions("things")] == [
        *("A row added", "A row dropped", "A row edited", "")
    ]


def test_no_row_would_change(bench: Any, tmp_path: Path) -> None:
    first = brought(bench, tmp_path)
    row = rows_of(bench, first)["train"][0]
    with pytest.raises(InputError, match=r"No row would change\. The row says this"):
        bench.workspace.edit_row("things", "train", 0, row.prompt, row.references)
    parent, elsewhere = bench.workspace.home.dataset(first.id), tmp_path / "version"
    with pytest.raises(InputError, match=r"No row would change\. .* validation or the test"):
        derive(parent, elsewhere, unchanged)
    assert not elsewhere.exists()
    assert leftovers(bench) == set()


def test_a_tested_prompt_never_comes_into_training(bench: Any, tmp_path: Path) -> None:
    first = brought(bench, tmp_path)
    asked = rows_of(bench, first)["test"][0].prompt
    with pytest.raises(InputError, match="stands in the test"):
        bench.workspace.edit_row("things", "train", 0, asked.upper(), ["x"])
    with_more = bench.workspace.keep_example("things", asked.upper(), "Another answer.")
    tested = rows_of(bench, with_more)["test"][0]
    assert tested.references[1:] == ("Another answer.",)
    assert with_more.counts == first.counts
    # Dropped from the test, it is still no row to learn from.
    gone = bench.workspace.drop_row("things", "test", 0)
    assert gone.counts["test"] == first.counts["test"] - 1
    with pytest.raises(InputError, match="stands in the test"):
        bench.workspace.edit_row("things", "train", 0, asked, ["x"])
    again = bench.workspace.keep_example("things", asked, "Back.")
    assert rows_of(bench, again)["test"][-1].references == ("Back.",)


def test_a_mend_that_makes_prompts_equal_keeps_them_on_one_side(bench: Any, tmp_path: Path) -> None:
    """Masked, the addresses of all these prompts are one word: the test has them, not training."""
    extra = [(f"Write to user{n}@mail.de, please.", f"Done, number {n}.") for n in range(40)]
    first = brought(bench, tmp_path, extra)
    was = rows_of(bench, first)
    sides = [s for s in SPLITS if any("@" in row.prompt for row in was[s])]
    assert sides == list(SPLITS)  # or this shows nothing
    second = bench.workspace.mend("things", "secrets")
    now = rows_of(bench, second)
    keys = {split: {normalize(row.prompt) for row in now[split]} for split in SPLITS}
    assert "write to [e-mail], please." in keys["test"]
    assert not keys["test"] & (keys["train"] | keys["validation"])
    assert not keys["train"] & keys["validation"]
    (masked,) = [row for row in now["test"] if "[e-mail]" in row.prompt]
    assert len(masked.references) > 1
    kept = {row.prompt for row in was["test"] if "@" not in row.prompt}
    assert kept <= {row.prompt for row in now["test"]}
    assert sum(second.counts.values()) == sum(map(len, now.values()))


def test_two_versions_side_by_side(bench: Any, tmp_path: Path) -> None:
    first = brought(bench, tmp_path)
    was = rows_of(bench, first)
    bench.workspace.edit_row("things", "train", 2, "Where is it?", ["Here."])
    bench.workspace.drop_row("things", "test", 1)
    last = bench.workspace.add_rows(
        "things", [Example("One more?", ("Yes.",)), Example("Two more?", ("Yes.",))]
    )
    seen = bench.workspace.compare_versions("things", 1, last.version)
    assert (seen.dropped, seen.changed, seen.added) == (1, 1, 2)
    assert (seen.before.version, seen.after.version) == (1, 4)
    kinds = [(r.split, r.before and r.before.prompt, r.after and r.after.prompt) for r in seen.rows]
    assert kinds == [
        ("train", was["train"][2].prompt, "Where is it?"),
        ("train", None, "One more?"),
        ("train", None, "Two more?"),
        ("test", was["test"][1].prompt, None),
    ]
    back = bench.workspace.compare_versions("things@1", last.version, 1)
    assert (back.dropped, back.changed, back.added) == (2, 1, 1)
    same = bench.workspace.compare_versions("things", 2, 2)
    assert (same.dropped, same.changed, same.added, same.rows) == (0, 0, 0, ())


def test_an_old_version_is_not_changed_but_made_current(bench: Any, tmp_path: Path) -> None:
    brought(bench, tmp_path)
    bench.workspace.drop_row("things", "train", 0)
    with pytest.raises(Unavailable, match="version 1"):
        bench.workspace.drop_row("things@1", "train", 0)
    assert bench.workspace.use_version("things", 1).current
    assert bench.workspace.drop_row("things@1", "train", 1).version == 3


def test_of_two_people_who_change_a_version_the_first_has_it(bench: Any, tmp_path: Path) -> None:
    first = brought(bench, tmp_path)
    late = bench.store.datasets.reserve_version(first)
    bench.workspace.drop_row("things", "train", 0)
    whole = {"source": "a", "columns": first.columns, "template": "{prompt}", "counts": {}}
    with pytest.raises(Unavailable, match="meanwhile"):
        bench.store.datasets.complete(late, **whole, fingerprint="f", parent=first)
    bench.store.datasets.abandon(late)
    assert [v.version for v in bench.workspace.versions("things")] == [2, 1]


def test_ctrl_c_in_the_midst_leaves_the_version_that_was(bench: Any, tmp_path: Path) -> None:
    first = brought(bench, tmp_path)

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    bench.store.datasets.complete = interrupt
    for act in (
        lambda: bench.workspace.drop_row("things", "train", 0),
        lambda: bench.workspace.set_template("things", "Say: {prompt}"),
    ):
        with pytest.raises(KeyboardInterrupt):
            act()
    assert bench.workspace.dataset("things") == first
    assert leftovers(bench) == set()


def test_a_change_tells_how_far_it_is(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = brought(bench, tmp_path, ASKED_AGAIN)
    monkeypatch.setattr("jobs.data.stored.ROWS", 7)
    told: list[Progress] = []
    bench.workspace.mend("things", "different_completions", progress=told.append)
    phases = list(dict.fromkeys(at.phase for at in told))
    assert phases == ["Looking at the rows", "Writing the rows", "Looking for what stands out"]
    total = sum(first.counts.values())
    written = [at for at in told if at.phase == "Writing the rows"]
    assert len(written) > total // 7
    assert [at.rows for at in written] == sorted({at.rows for at in written})
    assert (written[-1].rows, written[-1].share) == (total, 1.0)
    assert all(at.share == at.rows / total for at in written)


@pytest.mark.parametrize(
    "phase", ["Looking at the rows", "Writing the rows", "Looking for what stands out"]
)
def test_a_change_is_cancelled_wherever_it_is(bench: Any, tmp_path: Path, phase: str) -> None:
    first = brought(bench, tmp_path, ASKED_AGAIN)
    reached, cancelled = threading.Event(), threading.Event()

    def work(progress: OnProgress) -> DatasetInfo:
        def told(at: Progress) -> None:
            if at.phase == phase:
                reached.set()
                cancelled.wait(10)
            progress(at)

        return bench.workspace.mend("things", "different_completions", progress=told)

    begun = bench.workspace.start_change("things", work)
    assert reached.wait(10)
    with pytest.raises(Unavailable, match="being changed already"):
        bench.workspace.start_change("things", work)
    bench.workspace.cancel_import(begun.id)
    cancelled.set()
    ended = bench.workspace.wait_for_import(begun.id, 10)
    assert (ended.state, str(ended.error)) == (
        "stopped",
        "The change was cancelled. Nothing of it was kept.",
    )
    assert [v.version for v in bench.workspace.versions("things")] == [1]
    assert bench.workspace.dataset("things") == first
    assert leftovers(bench) == set()
    again = bench.workspace.start_change(
        "things", lambda progress: bench.workspace.drop_row("things", "train", 0, progress=progress)
    )
    made = bench.workspace.wait_for_import(again.id, 10).dataset
    assert (made.version, made.changes["dropped"]) == (2, 1)


def test_a_template_makes_a_version_with_the_same_rows(bench: Any, tmp_path: Path) -> None:
    first = brought(bench, tmp_path)
    second = bench.workspace.set_template("things", "Say: {prompt}")
    assert second.template == "Say: {prompt}"
    assert (second.fingerprint, second.counts) == (first.fingerprint, first.counts)
    assert rows_of(bench, second) == rows_of(bench, first)
    read = bench.workspace.reading("things")
    assert "Say: Where is thing" in read.texts[0]
    assert (read.template, read.chat) == ("Say: {prompt}", True)
    other = bench.workspace.reading("things", template="Ask: {prompt}", limit=1)
    assert ["Ask: Where is thing" in text for text in other.texts] == [True]
    assert bench.workspace.undo("things").template == "{prompt}"


def test_runs_and_comparisons_say_which_version_they_used(
    bench: Any, tiny: Any, tmp_path: Path
) -> None:
    first = brought(bench, tmp_path)
    old = bench.train(tiny("llama"), name="old", compare=True)
    second = bench.workspace.drop_row("things", "train", 0)
    new = bench.train(tiny("llama"), name="new")
    other = bench.train(tiny("llama"), name="other", data="things@1")
    by_name = {run.name: run for run in bench.workspace.runs()}
    assert (by_name["old"].dataset_id, by_name["old"].dataset_version) == (first.id, 1)
    assert (new.dataset_id, new.dataset_version, new.dataset) == (second.id, 2, "things")
    assert (other.dataset_id, other.dataset_version) == (first.id, 1)
    (comparison,) = bench.workspace.comparisons()
    assert (comparison.dataset_id, comparison.data_version) == (first.id, 1)
    assert old.dataset_version == 1
    with pytest.raises(Unavailable, match="is used by the runs"):
        bench.workspace.delete_dataset("things")


def test_all_versions_go_together(bench: Any, tmp_path: Path) -> None:
    brought(bench, tmp_path)
    bench.workspace.drop_row("things", "train", 0)
    bench.workspace.undo("things")
    bench.workspace.delete_dataset("things")
    assert bench.workspace.datasets() == []
    assert list(bench.workspace.home.datasets.iterdir()) == []


def test_nothing_left_to_learn_from(bench: Any, tmp_path: Path) -> None:
    first = brought(bench, tmp_path)
    for _ in range(first.counts["train"] - 1):
        bench.workspace.drop_row("things", "train", 0)
    with pytest.raises(InputError, match="No row would be left"):
        bench.workspace.drop_row("things", "train", 0)


def test_a_version_is_the_same_however_its_rows_stream(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = [(f"Write to user{n}@mail.de, please.", f"Done, number {n}.") for n in range(40)]
    brought(bench, tmp_path, extra)
    whole = bench.workspace.mend("things", "secrets")
    bench.workspace.undo("things")
    monkeypatch.setattr("jobs.data.stored.ROWS", 7)
    again = bench.workspace.mend("things", "secrets")
    assert (again.fingerprint, again.changes) == (whole.fingerprint, whole.changes)
    assert rows_of(bench, again) == rows_of(bench, whole)

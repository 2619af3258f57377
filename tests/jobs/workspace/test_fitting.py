"""Rows that a model cannot read whole: counted in tokens, shown, and left out by one press."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobs.data import Renderer
from jobs.errors import Unavailable
from jobs.methods import effort
from jobs.methods.method import EFFORTS
from jobs.models import lengths as counted
from jobs.models.source import resolve
from jobs.models.tokenizer import load_tokenizer
from jobs.training.encode import encode
from jobs.workspace.fitting import losses
from jobs.workspace.showing import EDGE, pieces

LIMIT = 256  # tokens that the tiny models read; their tokens are bytes


def brought(bench: Any, tmp_path: Path, extra: list[tuple[str, str]]) -> Any:
    rows = [(f"Where is thing {n}?", f"In room {n}.") for n in range(60)]
    path = tmp_path / "rows.jsonl"
    lines = (json.dumps({"prompt": p, "completion": c}) for p, c in [*extra, *rows])
    path.write_text("\n".join(lines), encoding="utf-8")
    return bench.workspace.add_dataset(path, "things")


LONG = [(f"{'long ' * 90}{n}?", f"Answer {n}.") for n in range(6)]


@pytest.mark.parametrize("model", ["llama", "gpt2", "t5"])
def test_what_is_counted_is_what_training_does(
    bench: Any, tiny: Any, tmp_path: Path, model: str
) -> None:
    spec = str(tiny(model))
    info = resolve(spec)
    size = info.max_length
    long = [(f"{'long ' * (size // 4)}{n}?", f"Answer {n}.") for n in range(6)]
    hopeless = [(f"Short {n}?", f"{'endless ' * (size // 5)}{n}") for n in range(2)]
    data = brought(bench, tmp_path, [*long, *hopeless])
    renderer = Renderer(load_tokenizer(info), kind=info.kind)
    shortened: dict[str, set[int]] = {}
    dropped: dict[str, set[int]] = {}
    cut = 0
    for split in data.counts:
        rows = bench.workspace.examples("things", split, limit=1000)
        done = encode(renderer, rows, info.max_length, kind=info.kind)
        shortened[split], dropped[split] = set(done.shortened), set(done.dropped)
        if split != "test":
            read = {row.row: len(row.prompt_ids) for row in done.rows}
            cut += sum(
                len(renderer.prompt_ids(row.prompt)) - read[row.row]
                for row in rows
                if row.row in shortened[split]
            )
    found = bench.workspace.lengths("things", spec)
    over = {split: shortened[split] | dropped[split] for split in data.counts}
    assert found.over == sum(map(len, over.values())) > 0
    learnt, *asked = found.findings
    assert learnt.rows == tuple(sorted(over["train"] | over["validation"]))
    assert learnt.count == len(learnt.rows)
    assert [each.rows for each in asked] == [tuple(sorted(over["test"]))] * bool(over["test"])
    assert f"{info.max_length:,} tokens" in learnt.sentence
    assert f"{cut:,} tokens would be cut out of the middle" in learnt.sentence
    lost = {"training": len(dropped["train"]), "validation": len(dropped["validation"])}
    for side, count in lost.items():
        told = f"{count} {side} row{'s' * (count != 1)}"
        assert (told in learnt.sentence.partition("prompts and ")[2]) == bool(count)


def test_rows_kept_for_the_test_are_not_told_as_left_out(
    bench: Any, tiny: Any, tmp_path: Path
) -> None:
    """Nothing is learnt from them, with long completions or without."""
    brought(bench, tmp_path, [(f"Short {n}?", f"{'endless ' * 60}{n}") for n in range(60)])
    over = {
        split: sum(row.row <= 60 for row in bench.workspace.examples("things", split, limit=999))
        for split in ("train", "validation", "test")
    }
    assert min(over.values()) > 1
    learnt, asked = bench.workspace.lengths("things", str(tiny("llama"))).findings
    assert learnt.sentence == (
        f"{over['train']} training rows and {over['validation']} validation rows are longer than "
        "the model can read, 256 tokens: all of them would be left out, for want of room for a "
        "prompt."
    )
    assert (learnt.severity, learnt.count) == ("warning", over["train"] + over["validation"])
    assert learnt.mend
    assert asked.sentence == (
        f"{over['test']} test rows are longer than the model can read, 256 tokens."
    )
    assert (asked.severity, asked.count, asked.mend) == ("note", over["test"], "")
    assert "nothing is learnt from them" in asked.why


def test_what_a_run_would_read_is_what_every_run_reads_unless_told_otherwise(
    bench: Any, tiny: Any
) -> None:
    bench.data()
    for spec in ("starter", str(tiny("llama"))):
        found = bench.workspace.lengths("things", spec)
        for choice in bench.workspace.methods():
            for each in EFFORTS:
                options = bench.workspace.defaults("things", choice.name, spec, each)
                assert options["max_length"] == found.limit
        assert found.model_limit == resolve(spec).max_length


def test_rows_that_the_model_could_read_and_a_run_does_not(
    bench: Any, tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are cut, told of and left out by the press; a comparison asks with all that the model
    reads, so that nothing is told of the test."""
    monkeypatch.setattr(effort, "LONGEST", 128)
    spec = str(tiny("llama"))
    data = brought(bench, tmp_path, [(f"{'long ' * 35}{n}?", f"Answer {n}.") for n in range(60)])
    over = {
        split: [r.row for r in bench.workspace.examples("things", split, limit=999) if r.row <= 60]
        for split in ("train", "validation", "test")
    }
    assert min(map(len, over.values())) > 1
    found = bench.workspace.lengths("things", spec)
    assert (found.limit, found.model_limit, found.over) == (128, LIMIT, 60)
    (finding,) = found.findings
    sides = [len(over["train"]), len(over["validation"])]
    assert finding.sentence.startswith(
        f"{sides[0]} training rows and {sides[1]} validation rows are longer than the 128 tokens "
        "that a run reads unless you set more: "
    )
    assert finding.sentence.endswith(" The model can read 256.")
    assert "Longest example" in finding.why
    (shown,) = bench.workspace.mask("things", model=spec, limit=0, longest=1)
    assert shown.length - shown.cut == 128
    made = bench.workspace.mend("things", "too_long", spec)
    assert made.change == "Rows longer than 128 tokens left out"
    assert made.changes["dropped"] == sum(sides)
    assert made.counts["test"] == data.counts["test"]
    assert bench.workspace.lengths("things", spec).findings == ()


def test_rows_that_even_the_model_cannot_read_are_told_apart(
    bench: Any, tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effort, "LONGEST", 128)
    spec = str(tiny("llama"))
    brought(
        bench,
        tmp_path,
        [(f"{'long ' * (35 if n % 2 else 90)}{n}?", f"Answer {n}.") for n in range(60)],
    )
    longer = sum(
        len(row.prompt) > LIMIT
        for split in ("train", "validation")
        for row in bench.workspace.examples("things", split, limit=999)
    )
    learnt, asked = bench.workspace.lengths("things", spec).findings
    assert 0 < longer < learnt.count
    assert learnt.sentence.endswith(
        f" The model can read 256, and {longer} of them are longer than that."
    )
    assert asked.count == 30 - longer
    assert asked.sentence.endswith(" are longer than the model can read, 256 tokens.")


def test_one_press_leaves_them_out_of_what_is_learnt_and_undo_brings_them_back(
    bench: Any, tiny: Any, tmp_path: Path
) -> None:
    spec = str(tiny("llama"))
    first = brought(bench, tmp_path, LONG)
    before = bench.workspace.lengths("things", spec).findings[0]
    held = [r.row for r in bench.workspace.examples("things", "test", limit=99) if r.row <= 6]
    assert before.mend
    made = bench.workspace.mend("things", "too_long", spec)
    assert made.changes["dropped"] == 6 - len(held)
    assert made.counts["test"] == first.counts["test"]
    after = bench.workspace.lengths("things", spec)
    assert after.over == len(held)
    assert not any(finding.mend for finding in after.findings)
    back = bench.workspace.undo("things")
    assert back.fingerprint == first.fingerprint


def test_long_rows_that_are_asked_alone_are_a_note(bench: Any, tiny: Any, tmp_path: Path) -> None:
    spec = str(tiny("llama"))
    brought(bench, tmp_path, [(f"{'long ' * 90}{n}?", f"Answer {n}.") for n in range(30)])
    learnt, asked = bench.workspace.lengths("things", spec).findings
    assert learnt.severity == "warning"
    bench.workspace.mend("things", "too_long", spec)
    (after,) = bench.workspace.lengths("things", spec).findings
    assert after == asked
    assert (after.severity, after.mend) == ("note", "")
    assert "nothing is learnt from them" in after.why


def test_what_was_not_counted_whole_is_not_mended(
    bench: Any, tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted, "COUNTED", 5)
    spec = str(tiny("llama"))
    counts = brought(bench, tmp_path, LONG).counts
    found = bench.workspace.lengths("things", spec).findings[0]
    first = min(5, counts["train"]) + min(5, counts["validation"])
    assert f" of the first {first} are " in found.sentence
    assert found.mend == ""
    with pytest.raises(Unavailable, match="Not every row"):
        bench.workspace.mend("things", "too_long", spec)
    assert len(bench.workspace.versions("things")) == 1


def test_the_rows_that_lose_most_are_shown_with_what_is_cut(
    bench: Any, tiny: Any, tmp_path: Path
) -> None:
    # Two more than fit into every side's share, so that some are learnt from.
    extra = [(f"{'b' * 40}{'m' * (100 * (n + 3))}{'e' * 40}{n}", "Done.") for n in range(12)]
    brought(bench, tmp_path, extra)
    spec = str(tiny("llama"))
    shown = bench.workspace.mask("things", model=spec, limit=1, longest=2)
    assert len(shown) == 3
    rows = {r.row: r for r in bench.workspace.examples("things", "train", limit=99)}
    learnt = [row for row in rows if row <= 12]
    first, *worst = shown
    wanted = sorted(sorted(learnt, key=lambda row: -len(rows[row].prompt))[:2])
    assert [each.row for each in worst if each.row != first.row] == [
        row for row in wanted if row != first.row
    ]
    for each in worst:
        kept = each.length - each.cut
        assert kept == LIMIT
        hidden = sum(token.more for token in each.tokens)
        assert len([t for t in each.tokens if not t.more]) + hidden == each.length
        states = [t.state for t in each.tokens]
        assert [s for i, s in enumerate(states) if not i or s != states[i - 1]] == [
            *("read", "cut", "read", "learnt")
        ]
    longest = worst[-1]
    assert max(token.more for token in longest.tokens) == longest.cut - 2 * EDGE


def test_losses_at_the_edges() -> None:
    counts = np.array([[10, 6], [11, 6], [16, 0], [3, 14], [12, 9], [300, 200]])

    def lost(*arguments: Any) -> dict[int, int]:
        found = losses(counts, *arguments)
        assert found.counted == 6
        return dict(zip(found.places.tolist(), found.tokens.tolist(), strict=True))

    assert lost(16, "causal") == {1: 1, 3: -1, 4: -1, 5: -1}
    assert lost(16, "encoder-decoder") == {5: -1}
    assert lost(0, "causal") == {}
    assert lost(16, "causal", 1) == {0: 1, 1: 2, 2: 1, 3: -1, 4: -1, 5: -1}


@pytest.mark.parametrize(
    "text", ["Hello there, how are you?", "猫が3匹 🦊👍🏽 é", " a  b\n\n c ", "ß" * 50]
)
@pytest.mark.parametrize("model", ["starter", "llama", "gpt2", "t5"])
def test_pieces_make_the_text(tiny: Any, model: str, text: str) -> None:
    tokenizer = load_tokenizer(resolve(model if model == "starter" else str(tiny(model))))
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    found = pieces(tokenizer, ids)
    assert len(found) == len(ids)
    assert "".join(found) == tokenizer.decode(ids, skip_special_tokens=False)

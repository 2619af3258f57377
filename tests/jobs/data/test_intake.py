"""Rows read are rows kept and rows left out by reason, whatever the file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.data import import_dataset
from jobs.data.intake import READ, REASONS

cells = st.sampled_from(["", " ", "a", "A ", "b", "c", "d", "e\n", "None", "f", "g"])
rows = st.lists(st.tuples(cells, cells), max_size=40)
# Enough different ones for every side, whatever is drawn beside them.
ENOUGH = [(f"question {n}", f"answer {n}") for n in range(12)]


def written(path: Path, pairs: list[tuple[str, str]]) -> Path:
    lines = (json.dumps({"prompt": p, "completion": c}) for p, c in pairs)
    path.write_text("\n".join(lines) + "\n")
    return path


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(rows, st.none() | rows)
def test_the_account_adds_up(
    pairs: list[tuple[str, str]], tested: list[tuple[str, str]] | None
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        test_file = None
        if tested is not None:
            test_file = written(folder / "test.jsonl", [("question 0", "a"), *tested])
        made = import_dataset(
            written(folder / "rows.jsonl", [*ENOUGH, *pairs]),
            folder / "d",
            name="d",
            test_file=test_file,
        )
    left_out = sum(made.intake.get(reason, 0) for reason in REASONS)
    assert made.intake[READ] == sum(made.counts.values()) + left_out
    assert made.intake[READ] == len(ENOUGH) + len(pairs) + (
        0 if tested is None else 1 + len(tested)
    )
    told = {finding.code: finding.count for finding in made.findings}
    for reason in ("empty_prompt", "empty_completion"):
        assert made.intake.get(reason, 0) == told.get(reason, 0) + told.get(f"test_{reason}", 0)
    assert made.intake.get("leaked", 0) == told.get("leaked_test_rows", 0)
    assert made.intake.get("folded", 0) == told.get("folded", 0)

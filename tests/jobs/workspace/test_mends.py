"""Every finding that has a mend: found, mended by one press, gone, and back by one undo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jobs.data.checks import checks, mends_of
from jobs.data.studies import studies

PAD = "The answer to this question is in the book on the table, and it is easy to find."
CLEAN = [(f"Where is the thing number {n} now?", f"It is in room {n}. {PAD}") for n in range(120)]
LETTER = "The parcel that you sent on Monday has not come, and I would like to know where it is"
HARMS: dict[str, list[tuple[str, str]]] = {
    "duplicates": [CLEAN[3], CLEAN[3], CLEAN[5]],
    "different_completions": [(CLEAN[3][0], "Nobody knows where."), (CLEAN[4][0], "Gone.")],
    "echoed_prompts": [(f"{LETTER} {n}", f"{LETTER} {n} Thank you.") for n in range(4)],
    "garbled_text": [(f"Was ist SchÃ¶n {n}?", f"It is a cafÃ© {n}.") for n in range(4)],
    "lost_letters": [(f"What is a caf\ufffd {n}?", f"A place, number {n}.") for n in range(4)],
    "unseen_characters": [(f"Hidden\u200b \u202esigns {n}?", f"Yes\x07 {n}.") for n in range(4)],
    "secrets": [
        *((f"Write to anna{n}@firma{n}.de", f"I have written, {n}.") for n in range(3)),
        ("Pay with 4111 1111 1111 1111", "It is paid."),
        ("The key?", "AKIAIOSFODNN7EXAMPLE"),
        ("Call me", "Call +49 30 12345678"),
    ],
    "long_rows": [(f"{n} {'many words ' * 500}", "Short.") for n in range(3)],
    "mixed_scripts": [(f"Where is {n} in Greek?", f"Είναι στο δωμάτιο {n}.") for n in range(5)],
    "mixed_languages": [
        (f"Where is {n} in German?", f"Das ist in dem Zimmer {n}, und es ist nicht weit von hier.")
        for n in range(5)
    ],
    "near_duplicates": [(f"{LETTER} today, please{dots}", PAD + dots) for dots in (".", "..", "!")],
}
# Harms of the whole data rather than of some rows.
WHOLE: dict[str, list[tuple[str, str]]] = {
    "imbalance": [(f"Is {n} good?", "no" if n % 12 == 0 else "yes") for n in range(120)],
    # The test takes some of these prompts, training their near neighbours.
    "near_test_rows": [
        (f"{LETTER}, order {n // 4}{'.' * (n % 4)}", f"{n}: {PAD}") for n in range(240)
    ],
}
CODES = sorted({code for part in (*checks(), *studies()) for code in mends_of(part)})


def brought(bench: Any, tmp_path: Path, code: str) -> Any:
    rows = WHOLE.get(code) or [*CLEAN, *HARMS[code]]
    path = tmp_path / "rows.jsonl"
    lines = (json.dumps({"prompt": p, "completion": c}) for p, c in rows)
    path.write_text("\n".join(lines), encoding="utf-8")
    return bench.workspace.add_dataset(path, "things", test_share=0.1)


def test_every_mend_is_tried() -> None:
    assert set(CODES) == {*HARMS, *WHOLE}


@pytest.mark.parametrize("code", CODES)
def test_it_is_found_mended_gone_and_undone(bench: Any, tmp_path: Path, code: str) -> None:
    first = brought(bench, tmp_path, code)
    (finding,) = [each for each in first.findings if each.code == code]
    assert finding.mend
    assert finding.why
    assert finding.rows
    before = {
        split: bench.workspace.examples("things", split, limit=1000) for split in first.counts
    }
    made = bench.workspace.mend("things", code)
    assert (made.version, made.parent_id) == (2, first.id)
    assert any(made.changes.values())
    left = [each.count for each in made.findings if each.code == code]
    # What stands in the test stays there, where it harms nothing that is learnt.
    tested = {row.row for row in before["test"]}
    assert not left or left[0] <= len(tested & set(finding.rows)) < finding.count
    back = bench.workspace.undo("things")
    assert (back.id, back.fingerprint) == (first.id, first.fingerprint)
    assert before == {
        split: bench.workspace.examples("things", split, limit=1000) for split in first.counts
    }

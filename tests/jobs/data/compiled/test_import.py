"""A file that is imported with compiled code is what it is without."""

import csv
import json
import random

import pytest
from ways import WAYS, going, needs_compiled

from jobs.data import import_dataset, load_examples
from jobs.data.storage import SPLITS

PIECES = (
    "The parcel has not come.",
    "Écrivez-nous, s’il vous plaît",
    "caf\u00c3\u00a9 au lait",
    "lost \ufffd letter",
    "zero\u200bwidth",
    "Write to ann@mail.org or call +49 30 9018 2000.",
    "4111 1111 1111 1111",
    "tab\tand  two spaces",
    'a "quoted" word, and a comma',
    "Привет, мир",
    "日本語の文",
    "1990 31 42.50 2024-01-15",
    "long " * 90,
)


def _rows(seed, count):
    rng = random.Random(seed)
    asked = [" ".join(rng.choices(PIECES, k=rng.randint(1, 4))) for _ in range(count // 2)]
    for _ in range(count):
        prompt = rng.choice(asked) + rng.choice(["", " ", "\n", f" {rng.randint(1, 99)}"])
        answer = " ".join(rng.choices(PIECES, k=rng.randint(0, 2))) or rng.choice(["", "\u2003 "])
        yield prompt, f"{prompt} {answer}" if rng.random() < 0.05 else answer


def _write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("prompt", "completion"))
        writer.writerows(rows)


def _write_jsonl(path, rows):
    lines = (
        json.dumps({"prompt": asked, "completion": said or None}, ensure_ascii=len(asked) % 2 == 0)
        for asked, said in rows
    )
    path.write_text("\n".join(lines), encoding="utf-8")


@needs_compiled
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("write", "name"), [(_write_csv, "a.csv"), (_write_jsonl, "a.jsonl")])
def test_both_ways_make_the_same_dataset(tmp_path, monkeypatch, write, name, seed):
    monkeypatch.setattr("jobs.data.dataset.LARGE", -1)
    monkeypatch.setattr("jobs.data.staging.EXACT", 0)  # lots from keys, as in a large file
    write(tmp_path / name, list(_rows(seed, 1500)))
    made = {}
    for way in WAYS:
        with going(way):
            made[way] = import_dataset(tmp_path / name, tmp_path / way, name="d")
    one, other = made["compiled"], made["plain"]
    assert (one.fingerprint, one.counts, one.intake) == (
        other.fingerprint,
        other.counts,
        other.intake,
    )
    assert one.findings == other.findings
    assert {"secrets", "garbled_text", "lost_letters", "unseen_characters", "echoed_prompts"} <= {
        finding.code for finding in one.findings
    }
    for split in SPLITS:
        compiled, plain = (load_examples(tmp_path / way, split) for way in ("compiled", "plain"))
        assert compiled == plain

"""Importing a large file beside `datasets.load_dataset` on the same file: seconds and memory.

    python tests/benchmarks/import_speed.py [--csv-rows 5000000] [--jsonl-bytes 1000000000]

Each is done in a child of its own, in turn, several times; the ratio is of the fastest of each.
The import does more: it checks every row, folds and splits by prompts, and writes a dataset whose
pages open at once. `datasets` comes with `pip install attune[benchmark]`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMPORT = """
import json, sys, time
from pathlib import Path
from jobs.data import import_dataset, read_examples
file, folder = map(Path, sys.argv[1:])
began = time.perf_counter()
made = import_dataset(file, folder / "dataset", name="large")
seconds = time.perf_counter() - began
began = time.perf_counter()
read_examples(folder / "dataset", "train", made.counts["train"] - 20, 12)
page = time.perf_counter() - began
findings = [finding.code for finding in made.findings]
print(json.dumps({"seconds": seconds, "page": page, "counts": made.counts, "findings": findings}))
"""
LOAD = """
import json, sys, time
from pathlib import Path
from datasets import load_dataset
file, folder = map(Path, sys.argv[1:])
began = time.perf_counter()
kind = "csv" if file.suffix == ".csv" else "json"
loaded = load_dataset(kind, data_files=str(file), cache_dir=str(folder))
print(json.dumps({"seconds": time.perf_counter() - began, "rows": len(loaded["train"])}))
"""
PEAK = """
import atexit
def tell():
    status = open("/proc/self/status").read()
    print(int(status.split("VmHWM:")[1].split()[0]) / 1e6)
atexit.register(tell)
"""


def sentences(count: int, words: int, seed: int) -> list[str]:
    """Made-up sentences, all of lower-case words."""
    rng = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    known = ["".join(rng.choices(letters, k=rng.randint(2, 10))) for _ in range(3000)]
    return [" ".join(rng.choices(known, k=words)) for _ in range(count)]


def write_csv(path: Path, rows: int) -> None:
    """Two columns of about 90 characters together."""
    texts, choose = sentences(20_000, 4, 1), random.Random(2).choice
    with path.open("w") as file:
        file.write("prompt,completion\n")
        for i in range(rows):
            file.write(f"{choose(texts)} {choose(texts)} {i},{choose(texts)}\n")


def write_jsonl(path: Path, size: int) -> None:
    """Prompts of two paragraphs and completions of one, some 670 characters a row."""
    texts, choose = sentences(20_000, 30, 3), random.Random(4).choice
    written = i = 0
    with path.open("w") as file:
        while written < size:
            row = {"prompt": f"{i} {choose(texts)}\n{choose(texts)}", "completion": choose(texts)}
            written += file.write(json.dumps(row) + "\n")
            i += 1


def timed(code: str, file: Path) -> tuple[dict[str, object], float]:
    """What a child tells of its work on a file, and its largest memory in GB."""
    quiet = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        done = subprocess.run(
            [sys.executable, "-P", "-c", PEAK + code, str(file), folder],
            env={**os.environ, **quiet, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    *_, told, peak = done.stdout.strip().splitlines()
    return json.loads(told), float(peak)


def main() -> None:
    """Make the files, measure, print a line a file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--csv-rows", type=int, default=5_000_000)
    parser.add_argument("--jsonl-bytes", type=int, default=1_000_000_000)
    parser.add_argument("--repeats", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        csv, jsonl = Path(folder) / "rows.csv", Path(folder) / "rows.jsonl"
        write_csv(csv, asked.csv_rows)
        write_jsonl(jsonl, asked.jsonl_bytes)
        for file in (csv, jsonl):
            ours, theirs = [], []
            for _ in range(asked.repeats):
                theirs.append(timed(LOAD, file))
                ours.append(timed(IMPORT, file))
            fastest = min(ours, key=lambda each: float(str(each[0]["seconds"])))
            other = min(float(str(each[0]["seconds"])) for each in theirs)
            seconds = float(str(fastest[0]["seconds"]))
            print(
                f"{file.name}: import {seconds:.1f} s, peak {max(peak for _, peak in ours):.2f} GB,"
                f" page {1000 * float(str(fastest[0]['page'])):.0f} ms; load_dataset {other:.1f} s,"
                f" peak {max(peak for _, peak in theirs):.2f} GB; ratio {other / seconds:.2f}"
            )


if __name__ == "__main__":
    main()

"""Importing a large file beside `datasets.load_dataset` on the same file: seconds and memory.

    python tests/benchmarks/import_speed.py [--csv-rows 5000000] [--jsonl-bytes 1000000000]

Both begin alike: each in a child of its own, in turn, with an empty cache and an empty folder, the
file in memory as the system keeps it after a read. Neither clock counts imports: each child first
takes a file of 200 rows the same way, since both libraries load modules when they are first used.
What one child left for the disk is written before the next begins. The import alone waits until
its rows are on the disk (`fsync`), which is told, and counts against it.

The import does more: it checks every row, folds and splits by prompts, and writes a dataset whose
pages open at once. `datasets` comes with `pip install attune[benchmark]`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from import_rows import write_csv, write_jsonl

ROOT = Path(__file__).parents[2]
IMPORT = """
import json, os, sys, time
from pathlib import Path
from jobs.data import import_dataset, read_examples
file, few, folder = map(Path, sys.argv[1:])
import_dataset(few, folder / "few", name="few")
synced, fsync = 0.0, os.fsync
def timed_fsync(number):
    global synced
    began = time.perf_counter()
    fsync(number)
    synced += time.perf_counter() - began
os.fsync = timed_fsync
began, used = time.perf_counter(), time.process_time()
made = import_dataset(file, folder / "dataset", name="large")
seconds, used = time.perf_counter() - began, time.process_time() - used
began = time.perf_counter()
read_examples(folder / "dataset", "train", made.counts["train"] - 20, 12)
page = time.perf_counter() - began
findings = {finding.code: finding.count for finding in made.findings}
print(json.dumps({"seconds": seconds, "processor": used, "page": page, "fsync": synced,
                  "counts": made.counts, "findings": findings}))
"""
LOAD = """
import json, sys, time
from pathlib import Path
from datasets import load_dataset
file, few, folder = map(Path, sys.argv[1:])
kind = "csv" if file.suffix == ".csv" else "json"
load_dataset(kind, data_files=str(few), cache_dir=str(folder / "few"))
began, used = time.perf_counter(), time.process_time()
loaded = load_dataset(kind, data_files=str(file), cache_dir=str(folder / "cache"))
seconds, used = time.perf_counter() - began, time.process_time() - used
print(json.dumps({"seconds": seconds, "processor": used, "rows": len(loaded["train"])}))
"""
PEAK = """
import atexit
def tell():
    status = open("/proc/self/status").read()
    print(int(status.split("VmHWM:")[1].split()[0]) / 1e6)
atexit.register(tell)
"""


def timed(code: str, file: Path, few: Path) -> dict[str, Any]:
    """What a child tells of its work on a file, with its largest memory in GB."""
    quiet = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        file.read_bytes()[:0]  # into the system's memory, if it was not
        os.sync()
        done = subprocess.run(
            [sys.executable, "-P", "-c", PEAK + code, str(file), str(few), folder],
            env={**os.environ, **quiet, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    *_, told, peak = done.stdout.strip().splitlines()
    return {**json.loads(told), "peak": float(peak)}


def measured(file: Path, few: Path, rounds: int) -> None:
    """A line a round, and the ratio of the fastest of each."""
    ours, theirs = [], []
    for number in range(1, rounds + 1):
        theirs.append(timed(LOAD, file, few))
        ours.append(timed(IMPORT, file, few))
        one, other = ours[-1], theirs[-1]
        print(
            f"{file.name}, round {number}: import {one['seconds']:.2f} s"
            f" ({one['processor']:.1f} of processors, {one['fsync']:.2f} waiting for the disk),"
            f" peak {one['peak']:.2f} GB, page {1000 * one['page']:.0f} ms;"
            f" load_dataset {other['seconds']:.2f} s ({other['processor']:.1f} of processors),"
            f" peak {other['peak']:.2f} GB; ratio {other['seconds'] / one['seconds']:.2f}",
            flush=True,
        )
    best, second = (min(each["seconds"] for each in side) for side in (theirs, ours))
    print(f"{file.name}: ratio of the fastest {best / second:.2f}; found {ours[-1]['findings']}")


def main() -> None:
    """Make the files, measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--csv-rows", type=int, default=5_000_000)
    parser.add_argument("--jsonl-bytes", type=int, default=1_000_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the files stay, to be measured again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        for ending, write, size in (
            ("csv", write_csv, asked.csv_rows),
            ("jsonl", write_jsonl, asked.jsonl_bytes),
        ):
            file, few = folder / f"rows-{size}.{ending}", folder / f"few.{ending}"
            if size and not file.exists():
                write(file, size)
            write(few, 200 if ending == "csv" else 200_000)
            if size:
                measured(file, few, asked.rounds)


if __name__ == "__main__":
    main()

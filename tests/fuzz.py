"""Fuzz the readers and say how often: `python -m tests.fuzz --examples 2000`.

Every execution damages a whole file of a format (or draws odd objects, or a pasted text), looks at
it and imports it. Anything but rows or an error of ours ends the command with the smallest file
that does it.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "support"))

import reader_fuzz


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=500, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", help="endings, such as .csv; or objects, pastes")
    given = parser.parse_args()
    kinds = {
        **{e: lambda folder, e=e: _bytes(e, folder, given) for e in reader_fuzz.ENDINGS},
        "objects .jsonl": lambda folder: _objects(".jsonl", folder, given),
        "objects .json": lambda folder: _objects(".json", folder, given),
        "pastes": lambda folder: reader_fuzz.pastes(folder, given.examples, given.seed),
    }
    whole: Counter[str] = Counter()
    began = time.monotonic()
    for name, run in kinds.items():
        if given.only and name.split()[0] not in given.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            told = run(Path(folder))
        whole += told
        each = f"{told['tried']:8,} tried{told['read']:8,} read{told['refused']:8,} refused"
        print(f"{name:16}{each}{whole['tried']:10,} in all", flush=True)
    seconds = round(time.monotonic() - began, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = {"executions": whole["tried"], "read": whole["read"], "refused": whole["refused"]}
    print(json.dumps({**told, "seed": given.seed, "seconds": seconds, "peak_mib": peak}))


def _bytes(ending: str, folder: Path, given: argparse.Namespace) -> Counter[str]:
    return reader_fuzz.bytes_of(ending, folder, given.examples, given.seed)


def _objects(ending: str, folder: Path, given: argparse.Namespace) -> Counter[str]:
    return reader_fuzz.objects(ending, folder, given.examples, given.seed)


if __name__ == "__main__":
    main()

"""Many scenarios at once, and a table of what came out."""

from __future__ import annotations

import argparse
import collections
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faults import scenario
from faults.scenario import Outcome, Scenario


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if nothing was lost; 1 and every failing seed if something was."""
    given = _parser().parse_args(arguments)
    os.environ.update(scenario.environment())
    wanted = _interleaved(
        [*_drawn(given.real, given.seed, False, given)],
        [*_drawn(given.light, given.seed, True, given)],
    )
    kept = Path(given.keep) if given.keep else None
    done = {line["name"] for line in _lines(kept)} if given.go_on else set()
    wanted = [one for one in wanted if one.name not in done]
    outcomes: list[Outcome] = []
    deadline = time.monotonic() + given.seconds
    with tempfile.TemporaryDirectory(prefix="attune-faults-") as name:
        folder = Path(name)
        templates = scenario.make_templates(folder, tuple({one.light for one in wanted}))
        writing = threading.Lock()

        def play(one: Scenario) -> None:
            if time.monotonic() > deadline:
                return
            outcome = scenario.play(one, folder, templates)
            with writing:
                outcomes.append(outcome)
                _tell(outcome, kept)

        with ThreadPoolExecutor(given.workers) as pool:
            list(pool.map(play, wanted))
    print(table(outcomes))
    late = len(wanted) - len(outcomes)
    if late:
        print(f"{late} were not tried within {given.seconds:.0f} s; --go-on takes them up.")
    return 1 if any(o.problem for o in outcomes) else 0


def table(outcomes: Sequence[Outcome]) -> str:
    """A line a fault: tried, nothing lost, broken, skipped; then the seeds that broke."""
    rows: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for outcome in outcomes:
        kind = "light" if outcome.scenario.light else "real"
        result = "broken" if outcome.problem else "skipped" if outcome.skipped else "whole"
        result = "missed" if outcome.missed and not outcome.problem else result
        for name in (outcome.scenario.fault, "all"):
            rows[name][f"{kind} {result}"] += 1
    columns = [f"{kind} {result}" for kind in ("real", "light") for result in ("whole", "broken")]
    columns += ["missed", "skipped"]
    lines = [f"{'fault':<22}" + "".join(f"{c:>14}" for c in columns)]
    for name in [*sorted(n for n in rows if n != "all"), "all"]:
        count = rows[name]
        for result in ("missed", "skipped"):
            count[result] = count[f"real {result}"] + count[f"light {result}"]
        lines.append(f"{name:<22}" + "".join(f"{count[c]:>14}" for c in columns))
    for outcome in outcomes:
        one = outcome.scenario
        if outcome.problem:
            kind = "light" if one.light else "real"
            lines.append(f"\nBROKEN {one.fault} while {one.phase}: --{kind} 1 --seed {one.seed}")
            lines.append(outcome.problem)
    reasons = {f"skipped {o.scenario.fault}: {o.skipped}" for o in outcomes if o.skipped}
    return "\n".join([*lines, *sorted(reasons)])


def _interleaved(*parts: Sequence[Scenario]) -> list[Scenario]:
    """All of them in one line, each part spread over the whole of it."""
    placed = [(n / len(part), one) for part in parts for n, one in enumerate(part)]
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


def _drawn(count: int, seed: int, light: bool, given: argparse.Namespace) -> Iterator[Scenario]:
    only = tuple(given.only or ())
    for number in range(count):
        yield scenario.draw(seed + number, light, only)
    if given.each == ("light" if light else "real"):
        yield from scenario.each(seed, light, only)


def _tell(outcome: Outcome, kept: Path | None) -> None:
    one = outcome.scenario
    whole = "whole (done before it could be broken)" if outcome.missed else "whole"
    result = "BROKEN" if outcome.problem else outcome.skipped or whole
    print(f"{one.name:<52} {outcome.seconds:6.1f} s  {result}", flush=True)
    if outcome.problem:
        print(outcome.problem, flush=True)
    if kept is not None:
        line: dict[str, object] = {"name": one.name, "seconds": outcome.seconds}
        line |= {"problem": outcome.problem, "missed": outcome.missed, **outcome.notes}
        with kept.open("a") as file:
            file.write(json.dumps(line | {"skipped": outcome.skipped}) + "\n")


def _lines(kept: Path | None) -> list[dict[str, str]]:
    if kept is None or not kept.exists():
        return []
    return [json.loads(line) for line in kept.read_text().splitlines()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--real", type=int, default=0, help="scenarios with real training")
    parser.add_argument("--light", type=int, default=0, help="scenarios with a light child")
    parser.add_argument("--seed", type=int, default=1, help="of the first one; it grows by one")
    parser.add_argument("--each", choices=("light", "real"), help="every fault once, so")
    parser.add_argument("--only", action="append", help="this fault alone; may be repeated")
    parser.add_argument("--workers", type=int, default=2, help="scenarios at once")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin none after this long")
    parser.add_argument("--keep", help="a file that outcomes are added to, a line each")
    parser.add_argument("--go-on", action="store_true", help="leave out what --keep has already")
    return parser


if __name__ == "__main__":
    sys.exit(main())

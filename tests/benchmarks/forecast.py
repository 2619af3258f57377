"""The forecast held against what 18 runs took: three methods, three sizes, two lengths.

    python tests/benchmarks/forecast.py [--only lora] [--seconds 15]

Every run is a process of its own on random weights and made-up rows, as many steps as the forecast
says fit into `--seconds`. Memory is `VmHWM` (on CUDA the allocator's peak) and hardly cares for
what else the machine does; time does, so take it on an idle one.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from training_speed import ROOT, SHAPES, Silent, make_model

METHODS = ("lora", "qlora", "prompt-tuning")
LENGTHS = (64, 256)  # tokens of a row, about; a soft prompt is shared by the shorter ones
BATCH = 8
MEMORY, TIME = 0.15, 0.25  # the goals: this far from the measured at most
TEXT = (
    "the parcel waits at customs and our team has sent a short note to ask for its papers while "
    "every customer of the harbour shop hears from us on monday or on friday about delay refund "
    "blue lamp brass key"
)


def rows(length: int, count: int) -> list[tuple[str, str]]:
    """Prompts of three quarters and completions of one, some longer and some shorter."""
    rng = random.Random(length)
    made = []
    for _ in range(count):
        words = round(length * rng.uniform(0.7, 1.0) / 1.1)
        text = rng.choices(TEXT.split(" "), k=words)
        cut = max(1, 3 * words // 4)
        made.append((" ".join(text[:cut]), " ".join(text[cut:]) or "yes"))
    return made


def foresee(folder: Path, method: str, pairs: list[tuple[str, str]], device: Any) -> Any:
    """As the train page does, over one epoch of these rows."""
    from jobs.data import Renderer
    from jobs.methods import method as find_method
    from jobs.models.source import resolve
    from jobs.models.tokenizer import load_tokenizer
    from jobs.training.forecast import forecast

    info = resolve(str(folder))
    renderer = Renderer(load_tokenizer(info), "{prompt}", "causal")
    counts = [(len(renderer.prompt_ids(p)), len(renderer.completion_ids(c))) for p, c in pairs]
    return forecast(
        info,
        find_method(method),
        options(method),
        [p + c for p, c in counts],
        device,
        validation=[p + c for p, c in counts[::10]],
        labels=sum(c for _, c in counts),
    )


def options(method: str) -> dict[str, Any]:
    """The quick effort's own, at a fixed batch size."""
    own: dict[str, Any] = {"virtual_tokens": 100} if method == "prompt-tuning" else {"rank": 16}
    flat = {"epochs": 1.0, "batch_size": BATCH, "learning_rate": 1e-3, "max_length": 1024}
    return flat | own


def run(args: argparse.Namespace) -> None:
    """One run in this process; prints what it took from the command to its end."""
    import jobs.queue.child  # noqa: F401 - a run is a job, whose process has more in memory
    from jobs.methods import method as find_method
    from jobs.methods import split
    from jobs.models import company
    from jobs.models.source import resolve
    from jobs.training import loop, memory
    from jobs.training.plan import TrainingPlan
    from jobs.types import Example

    training, own = split(find_method(args.only), options(args.only))
    pairs = json.loads((args.folder / "rows.json").read_text())
    (args.folder / "run").mkdir(exist_ok=True)
    plan = TrainingPlan(
        info=resolve(str(args.folder)),
        method=args.only,
        training=training,
        method_options=own,
        seed=0,
        device=args.device,
        precision="4bit" if args.only == "qlora" else args.compute,
        compute=args.compute,
        template="{prompt}",
        train=[Example(p, (c,), i) for i, (p, c) in enumerate(pairs, 1)],
        validation=[Example(p, (c,), i) for i, (p, c) in enumerate(pairs[::10], 1)],
        folder=args.folder / "run",
        checkpoint_seconds=1e9,
    )
    company.watch()  # as every job does
    ready = loop.set_up(plan, Silent())
    start = time.time() - psutil.Process().create_time()
    loop.run(ready)
    print(json.dumps({"peak": memory.peak(args.device), "start": start}))


def measure(folder: Path, method: str, device: Any) -> dict[str, float]:
    words = [sys.executable, __file__, "--only", method, "--folder", str(folder)]
    words += ["--device", device.name, "--compute", device.precision]
    began = time.monotonic()
    ended = subprocess.run(
        words, capture_output=True, text=True, check=False, cwd=ROOT / "tests/benchmarks"
    )
    if ended.returncode:
        raise SystemExit(ended.stderr[-2000:])
    return {**json.loads(ended.stdout.splitlines()[-1]), "seconds": time.monotonic() - began}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=METHODS)
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--seconds", type=float, default=15.0, help="of work a run, about")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--device", default="cpu", help=argparse.SUPPRESS)
    parser.add_argument("--compute", default="bfloat16", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.folder:
        run(args)
        return
    from jobs.models.devices import probe_in_child

    device = probe_in_child()[0]
    print(
        f"{device.title}, {device.flops}, {device.traffic / 1e9:.1f} GB/s, "
        f"torch imported in {device.imported:.2f} s of the processor"
    )
    titles = ("method", "shape", "tokens", "steps", "MB said", "was", "off")
    titles += ("seconds said", "was (until its first step)", "off")
    print("| " + " | ".join(titles) + " |\n|" + "---|" * len(titles), flush=True)
    off: list[tuple[float, float]] = []
    for shape in args.shapes.split(","):
        for length in LENGTHS:
            for method in (args.only,) if args.only else METHODS:
                off.append(compare(shape, length, method, device, args.seconds))
    inside = sum(abs(m) <= MEMORY for m, _ in off), sum(abs(t) <= TIME for _, t in off)
    print(
        f"\nWithin {MEMORY:.0%} in memory: {inside[0]} of {len(off)}; within {TIME:.0%} in time: "
        f"{inside[1]} of {len(off)}."
    )


def compare(
    shape: str, length: int, method: str, device: Any, seconds: float
) -> tuple[float, float]:
    """One line of the table; how far memory and time were off, as shares of the measured."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_model(folder, shape, rows(length, 200))
        few = foresee(folder, method, rows(length, BATCH), device)
        more = foresee(folder, method, rows(length, 2 * BATCH), device)
        steps = min(200, max(6, round(seconds / max(1e-3, more.seconds - few.seconds))))
        pairs = rows(length, steps * BATCH)
        said = foresee(folder, method, pairs, dataclasses.replace(device, free=1 << 60))
        (folder / "rows.json").write_text(json.dumps(pairs))
        was = measure(folder, method, device)
    memory_off = said.peak_memory / was["peak"] - 1
    time_off = said.seconds / was["seconds"] - 1
    print(
        f"| {method} | {shape} | {length} | {said.steps} | {said.peak_memory / 1e6:.0f} "
        f"| {was['peak'] / 1e6:.0f} | {memory_off:+.0%} | {said.seconds:.1f} "
        f"| {was['seconds']:.1f} ({was['start']:.1f}) | {time_off:+.0%} |",
        flush=True,
    )
    return memory_off, time_off


if __name__ == "__main__":
    main()

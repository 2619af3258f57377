"""Where the defaults come from: one option changed at a time, chosen on validation rows.

    python tests/benchmarks/sweep.py --results sweep.jsonl [--e2e devset.csv] [--only lora]
    python tests/benchmarks/sweep.py --results sweep.jsonl --table

Every setting trains the practice model on a data set with all other options at their defaults.
What is written of it: the loss on the validation rows at its best checkpoint, ROUGE-L of answers to
`--prompts` of them, and how much the surprise (nats a token) at the practice model's own held-out
tasks rose over the base's, which is what the setting forgets. Test rows are never read. Settings
that stand in the results already are not run again, so a sweep that was cut off goes on.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import Any

from training_speed import Silent

from jobs import Workspace
from jobs.data import Renderer, load_examples
from jobs.evaluation.general import general_prompts
from jobs.evaluation.generate import Answerer, Request
from jobs.evaluation.metrics import metric
from jobs.home import Home
from jobs.methods import method as find_method
from jobs.methods.run_options import options_for, split
from jobs.models.source import end_ids, resolve
from jobs.models.tokenizer import load_tokenizer
from jobs.queue.executors.inline import InlineExecutor
from jobs.store import Store
from jobs.training.loop import train
from jobs.training.plan import TrainingPlan
from jobs.types import Completion, Example, GenerationSettings, Variant

GENERAL = 96  # of the practice model's own tasks, every so-manieth of the set
LOW_RANK = {
    "learning_rate": (3e-4, 1e-3, 3e-3, 1e-2),
    "rank": (4, 8, 32, 64),
    "alpha": (16.0, 64.0),
    "epochs": (1.0, 2.0, 6.0, 12.0),
    "dropout": (0.1,),
}
GRIDS: dict[str, dict[str, tuple[Any, ...]]] = {
    "lora": LOW_RANK,
    "qlora": {"learning_rate": LOW_RANK["learning_rate"]},
    "prompt-tuning": {
        "learning_rate": (3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0),
        "virtual_tokens": (5, 10, 40, 100),
        "init_text": ("",),
        "epochs": (2.0, 8.0, 16.0),
    },
    "p-tuning": {
        "learning_rate": (3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
        "epochs": (8.0,),
        "virtual_tokens": (20,),
    },
    "prefix-tuning": {
        "learning_rate": (3e-3, 1e-2, 3e-2, 0.1),
        "epochs": (8.0,),
        "virtual_tokens": (5, 100),
    },
    "full": {"learning_rate": (3e-5, 1e-4, 3e-4, 1e-3), "epochs": (1.0, 6.0)},
}


class Sweep:
    """The practice model, the data sets, and what has been found so far."""

    def __init__(self, results: Path, prompts: int, e2e: Path | None, home: Path) -> None:
        self.results, self.prompts = results, prompts
        self.info = resolve("starter")
        self.tokenizer = load_tokenizer(self.info)
        self.renderer = Renderer(self.tokenizer, "{prompt}", self.info.kind, end_ids(self.info))
        place = Home(home).make()
        store = Store.open(place)
        workspace = Workspace(place, store, InlineExecutor(store, place))
        for sample in workspace.samples():
            workspace.add_sample(sample.name)
        if e2e is not None:
            workspace.add_dataset(e2e, name="e2e", prompt="mr", completions=("ref",))
        self.data = {d.name: place.dataset(d.id) for d in workspace.datasets()}
        chosen = general_prompts(self.info).examples
        self.general = chosen[:: max(1, len(chosen) // GENERAL)]
        self.before = self.surprise(Variant("base", "float32"))

    def known(self) -> list[dict[str, Any]]:
        """Every line of the results."""
        if not self.results.exists():
            return []
        return [json.loads(line) for line in self.results.read_text().splitlines()]

    def go(self, data: str, method: str, effort: str, changed: dict[str, Any], seed: int) -> None:
        """One setting, unless it is known."""
        key = {"data": data, "method": method, "effort": effort, "changed": changed, "seed": seed}
        if any(all(line[k] == v for k, v in key.items()) for line in self.known()):
            return
        how = find_method(method)
        rows = load_examples(self.data[data], "train")
        held = load_examples(self.data[data], "validation")
        flat = options_for(how, effort, len(rows), self.info, changed)
        training, own = split(how, flat)
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as place:
            plan = TrainingPlan(
                info=self.info, method=method, training=training, method_options=own, seed=seed,
                device="cpu", precision=how.precision_of_base or "bfloat16", template="{prompt}",
                train=rows, validation=held, folder=Path(place), checkpoint_seconds=1e9,
            )  # fmt: skip
            found: dict[str, Any] = {"loss": None, "rouge": None, "forgot": None}
            with contextlib.suppress(ArithmeticError):
                result = train(plan, Silent())
                variant = Variant("run", "float32", method, result.adapter)
                found = {
                    "loss": result.validation_loss,
                    "rouge": self.rouge(variant, held[: self.prompts]),
                    "forgot": self.surprise(variant) - self.before,
                }
        line = key | {"options": flat} | found | {"seconds": time.monotonic() - began}
        with self.results.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(data, method, effort, changed, seed, found, flush=True)

    def rouge(self, variant: Variant, examples: list[Example]) -> float:
        """Mean ROUGE-L of greedy answers, 0 to 1."""
        score = metric("rougeL").score
        answers = self.answer(variant, examples, 128)
        scores = (score(answers[i].text, e.references).value for i, e in enumerate(examples))
        return fmean(s for s in scores if s is not None)

    def surprise(self, variant: Variant) -> float:
        """Nats a token of the references of the practice model's own tasks."""
        answers = self.answer(variant, self.general, 1)
        nats = sum(a.nll or 0.0 for a in answers.values())
        return nats / sum(a.reference_tokens for a in answers.values())

    def answer(self, variant: Variant, examples: Any, limit: int) -> dict[int, Completion]:
        """Answers by their places."""
        answers: dict[int, Completion] = {}
        answerer = Answerer(self.info, self.tokenizer, "cpu")
        answerer.add(variant)
        render = self.renderer
        requests = [
            Request(
                variant.name, i, tuple(render.prompt_ids(e.prompt)),
                tuple(render.completion_ids(e.references[0])),
            )
            for i, e in enumerate(examples)
        ]  # fmt: skip
        longest = max(len(r.target_ids) for r in requests)
        settings = GenerationSettings(max(limit, longest), "float32", "{prompt}")
        answerer.answer(
            requests, settings, render.end_ids, render.pad_id,
            lambda _, i, c: answers.__setitem__(i, c),
        )  # fmt: skip
        answerer.close()
        return answers


def evenly(source: Path, rows: int, target: Path) -> Path:
    """About so many rows of a CSV from its beginning to its end, as E2E's columns are named."""
    with source.open(newline="", encoding="utf-8") as file:
        every = [(a, b) for a, b, *_ in csv.reader(file)][1:]
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("mr", "ref"), *every[:: max(1, len(every) // rows)]])
    return target


def settings(
    only: str | None, option: str | None, efforts: list[str], seeds: int, around: str = "quick"
) -> list[tuple[Any, ...]]:
    """(method, effort, what is changed, seed), the defaults before the rest, which change one
    option of the effort `around`."""
    methods = [only] if only else list(GRIDS)
    plain = [(m, e, {}, s) for e in efforts for s in range(seeds) for m in methods]
    changed = [
        (m, around, {name: value}, seed)
        for seed in range(seeds if option else 1)
        for m in methods
        for name, values in GRIDS[m].items()
        for value in values
        if option in (None, name)
    ]
    return plain + changed


def table(lines: list[dict[str, Any]]) -> str:
    """Markdown: a row a setting, columns for each data set."""
    data = list(dict.fromkeys(line["data"] for line in lines))
    rows: dict[tuple[str, str, str], dict[str, list[dict[str, Any]]]] = defaultdict(dict)
    for line in lines:
        told = ", ".join(f"{k} {v!r}" for k, v in line["changed"].items()) or "defaults"
        where = (line["method"], line["effort"], told)
        rows[where].setdefault(line["data"], []).append(line)
    head = "".join(f" {d}: loss | ROUGE-L | forgot |" for d in data)
    text = f"| method | effort | setting |{head}\n|{'---|' * (3 + 3 * len(data))}\n"
    for where, found in rows.items():
        cells = ""
        for d in data:
            for name, places in (("loss", 3), ("rouge", 3), ("forgot", 2)):
                values = [x[name] for x in found.get(d, []) if x[name] is not None]
                cells += f" {fmean(values):.{places}f} |" if values else " – |"
        text += f"| {' | '.join(where)} |{cells}\n"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--table", action="store_true", help="print what is known and end")
    parser.add_argument("--only", choices=list(GRIDS))
    parser.add_argument("--option", help="change this option only")
    parser.add_argument("--data", help="one data set's name")
    parser.add_argument("--e2e", type=Path, help="E2E's devset.csv")
    parser.add_argument("--rows", type=int, default=1000, help="of E2E, about")
    parser.add_argument("--prompts", type=int, default=60)
    parser.add_argument("--efforts", default="quick,standard,thorough")
    parser.add_argument("--around", default="quick", help="the effort whose options are changed")
    parser.add_argument("--seeds", type=int, default=1, help="of the defaults and of --option")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        e2e = args.e2e and evenly(args.e2e, args.rows, Path(home) / "rows.csv")
        sweep = Sweep(args.results, args.prompts, e2e, Path(home))
        if not args.table:
            for method, effort, changed, seed in settings(
                args.only, args.option, args.efforts.split(","), args.seeds, args.around
            ):
                for data in [args.data] if args.data else sweep.data:
                    sweep.go(data, method, effort, changed, seed)
        sys.stdout.write(table(sweep.known()))


if __name__ == "__main__":
    main()

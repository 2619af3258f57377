"""Whether any default is worse than TRL with PEFT's defaults: ROUGE-L of answers to test prompts.

    python tests/benchmarks/quality.py --results quality.jsonl --data devset.csv
    python tests/benchmarks/quality.py --results quality.jsonl --table

Every cell trains the practice model on the very same token ids, for the same epochs in batches of
the same size: by this engine at an effort's defaults, and by TRL's `SFTTrainer` with what PEFT
configures by itself. All answer the same test prompts greedily, over the same base, within the same
limit. Differences are tested by the product's own paired bootstrap over prompts, a seed at a time
and with a prompt's seeds averaged first. Test rows choose nothing: `sweep.py` does, on validation.

TRL's learning rate, 2e-5, is meant for whole models, and its documentation asks for more here: so
it runs at that rate as well and, on request, at this engine's. Cells that stand in the results are
not run again: what was cut off goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from sweep import Sweep, evenly
from training_speed import Silent

from jobs.data import load_examples
from jobs.evaluation.metrics import metric
from jobs.evaluation.statistics import difference
from jobs.methods import adapters
from jobs.methods import method as find_method
from jobs.methods.run_options import options_for, split
from jobs.training.encode import encode
from jobs.training.loop import train
from jobs.training.plan import TrainingPlan
from jobs.types import Difference, Variant

OURS = "attune"
# TRL's documentation, "PEFT integration", names 2e-4 for LoRA and 1e-2 to 3e-2 for prompt tuning;
# PEFT's guide "Prompt-based methods" trains with 3e-2.
DOCUMENTED = {"lora": 2e-4, "qlora": 2e-4, "prompt-tuning": 3e-2}
METHODS = tuple(DOCUMENTED)
RIVALS = {
    "documented": "TRL, rate of its documentation",
    "default": "TRL, its default rate",
    "same": "TRL, this engine's rate",
}
VIRTUAL = 20  # PromptTuningConfig has no default; PEFT's and TRL's examples have 8 or 20
HEAD = (
    "| effort | data | method | against | ours | theirs | difference (95%) | said | each seed |"
    " forgot, ours and theirs |"
)
LIMIT = 128  # tokens of an answer; the longest reference has 89


@dataclass(frozen=True)
class Cell:
    """One training and its answers."""

    data: str
    method: str
    effort: str
    engine: str  # OURS or one of RIVALS
    seed: int


class Quality:
    """The practice model, the data sets and what has been measured so far."""

    def __init__(self, results: Path, data: Path | None, rows: int, home: Path) -> None:
        some = None if data is None else evenly(data, rows, home / "rows.csv")
        self.results, self.bench = results, Sweep(results, 0, some, home)
        self.info = self.bench.info
        self.before = {"float32": self.bench.before}  # the base's surprise by its precision

    def go(self, cell: Cell) -> None:
        """One cell, unless it is known."""
        if any(one == cell for one, _ in known(self.results)):
            return
        folder = self.bench.data[cell.data]
        rows, test = load_examples(folder, "train"), load_examples(folder, "test")
        options = options_for(find_method(cell.method), cell.effort, len(rows), self.info)
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as place:
            if cell.engine == OURS:
                held = load_examples(folder, "validation")
                adapter = self.ours(cell, options, rows, held, Path(place))
            else:
                options |= rival(cell, options)
                adapter = self.theirs(cell, options, rows, Path(place))
            trained = time.monotonic() - began
            precision = find_method(cell.method).precision_of_base or "float32"
            variant = Variant("run", precision, cell.method, adapter)
            answers = self.bench.answer(variant, test, LIMIT)
            forgot = self.bench.surprise(variant) - self.base(precision)
        score = metric("rougeL").score
        scores = [score(answers[i].text, e.references).value for i, e in enumerate(test)]
        line = vars(cell) | {"options": options, "scores": scores, "forgot": forgot}
        line |= {"training_seconds": trained, "seconds": time.monotonic() - began}
        with self.results.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(*vars(cell).values(), f"{mean(scores):.3f}", f"{line['seconds']:.0f} s", flush=True)

    def base(self, precision: Any) -> float:
        """The base's own surprise at what it can do."""
        if precision not in self.before:
            self.before[precision] = self.bench.surprise(Variant("base", precision))
        return self.before[precision]

    def ours(
        self, cell: Cell, options: dict[str, Any], rows: Any, held: Any, place: Path
    ) -> Path | None:
        """The adapter of this engine at these options."""
        how = find_method(cell.method)
        training, own = split(how, options)
        plan = TrainingPlan(
            info=self.info, method=cell.method, training=training, method_options=own,
            seed=cell.seed, device="cpu", precision=how.precision_of_base or "bfloat16",
            template="{prompt}", train=rows, validation=held, folder=place,
            checkpoint_seconds=1e9,
        )  # fmt: skip
        return train(plan, Silent()).adapter

    def theirs(self, cell: Cell, options: dict[str, Any], rows: Any, place: Path) -> Path:
        """The adapter of `SFTTrainer`; what is not named here is TRL's or PEFT's own."""
        from datasets import Dataset
        from peft import LoraConfig, PromptTuningConfig
        from trl import SFTConfig, SFTTrainer

        encoded = encode(self.bench.renderer, rows, options["max_length"]).rows
        table = [
            {
                "input_ids": [*row.prompt_ids, *row.completion_ids],
                "labels": [-100] * len(row.prompt_ids) + list(row.completion_ids),
            }
            for row in encoded
        ]
        soft = cell.method == "prompt-tuning"
        trainer = SFTTrainer(
            quantized(self.info.path) if cell.method == "qlora" else str(self.info.path),
            SFTConfig(
                output_dir=str(place / "trl"), num_train_epochs=options["epochs"],
                per_device_train_batch_size=options["batch_size"], seed=cell.seed,
                learning_rate=options["learning_rate"], max_length=options["max_length"],
                # From here on nothing that changes what is learnt.
                gradient_checkpointing=False, use_cpu=True, report_to="none", save_strategy="no",
                disable_tqdm=True, dataloader_pin_memory=False, logging_strategy="no",
            ),
            train_dataset=Dataset.from_list(table),
            processing_class=self.bench.tokenizer,
            peft_config=PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=VIRTUAL)
            if soft
            else LoraConfig(task_type="CAUSAL_LM"),
        )  # fmt: skip
        trainer.train()
        adapters.save(trainer.model, place / "adapter")
        return place / "adapter"


def quantized(path: Any) -> Any:
    """The base in 4 bits, as TRL's documentation has it."""
    import torch
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    from jobs.models.load import keep_trainable

    packing = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )  # fmt: skip
    model = AutoModelForCausalLM.from_pretrained(path, quantization_config=packing)
    keep_trainable(model)  # or its 4-bit weights would lose their gradients on some processors
    return model


def rival(cell: Cell, options: dict[str, Any]) -> dict[str, Any]:
    """The learning rate that TRL trains with."""
    own, named = options["learning_rate"], DOCUMENTED[cell.method]
    return {"learning_rate": {"documented": named, "default": 2e-5, "same": own}[cell.engine]}


def known(results: Path) -> list[tuple[Cell, dict[str, Any]]]:
    """Every cell of the results; a line that was cut off in writing is left out."""
    found = []
    for text in results.read_text().splitlines() if results.exists() else []:
        try:
            line = json.loads(text)
        except ValueError:
            continue
        found.append((Cell(**{name: line[name] for name in Cell.__annotations__}), line))
    return found


def pooled(seeds: Sequence[Sequence[float | None]]) -> list[float | None]:
    """A score a prompt: the mean over seeds, none where one of them has none."""
    return [
        None if None in scores else fmean(s for s in scores if s is not None)
        for scores in zip(*seeds, strict=True)
    ]


def mean(scores: Sequence[float | None]) -> float:
    """Of the prompts that have a score."""
    return fmean(s for s in scores if s is not None)


def told(found: Difference) -> str:
    """The difference with its interval."""
    return f"{found.delta:+.3f} ({found.low:+.3f} to {found.high:+.3f})"


def verdict(found: Difference) -> str:
    """By the interval alone."""
    if found.high is not None and found.high < 0:
        return "**worse**"
    return "better" if found.low is not None and found.low > 0 else "alike"


def table(lines: Sequence[tuple[Cell, dict[str, Any]]]) -> str:
    """Markdown: a row for each rival of a cell, over the seeds that both have."""
    by = dict(lines)
    places = dict.fromkeys((c.effort, c.data, c.method) for c, _ in lines)
    text = HEAD + "\n" + "|---" * HEAD.count(" |") + "|\n"
    for effort, data, method in sorted(places, key=lambda p: (p[0] != "standard", *p)):
        for engine, title in RIVALS.items():
            both = [
                (by[ours], by[theirs])
                for seed in sorted({c.seed for c in by})
                if (ours := Cell(data, method, effort, OURS, seed)) in by
                and (theirs := Cell(data, method, effort, engine, seed)) in by
            ]
            if not both:
                continue
            sides = [pooled([pair[side]["scores"] for pair in both]) for side in (0, 1)]
            whole = difference(*sides)
            each = [difference(a["scores"], b["scores"]) for a, b in both]
            forgot = [fmean(pair[side]["forgot"] for pair in both) for side in (0, 1)]
            row = [
                effort, data, method, title, f"{mean(sides[0]):.3f}", f"{mean(sides[1]):.3f}",
                told(whole), verdict(whole), "; ".join(map(told, each)),
                f"{forgot[0]:.2f}, {forgot[1]:.2f}",
            ]  # fmt: skip
            text += f"| {' | '.join(row)} |\n"
    return text


def cells(args: argparse.Namespace, names: Sequence[str]) -> list[Cell]:
    """The most telling first: this engine and the first rival, seed by seed; other rivals after."""
    first, *others = args.rivals.split(",")
    return [
        Cell(name, method, effort, engine, seed)
        for effort in args.efforts.split(",")
        for engines in ([OURS, first], others)
        for seed in range(args.seeds)
        for name in (args.on.split(",") if args.on else names)
        for method in args.method.split(",")
        for engine in engines
        if engine
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--table", action="store_true", help="print what is known and end")
    parser.add_argument("--data", type=Path, help="a CSV of prompt, completion, as E2E's")
    parser.add_argument("--rows", type=int, default=500, help="of that CSV, about")
    parser.add_argument("--on", help="names of data sets; all of them if it is left out")
    parser.add_argument("--method", default=",".join(METHODS))
    parser.add_argument("--efforts", default="standard", help="some of quick,standard,thorough")
    parser.add_argument("--rivals", default="documented,default", help=f"of {', '.join(RIVALS)}")
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    if not args.table:
        with tempfile.TemporaryDirectory() as home:
            quality = Quality(args.results, args.data, args.rows, Path(home))
            for cell in cells(args, tuple(quality.bench.data)):
                quality.go(cell)
    sys.stdout.write(table(known(args.results)))


if __name__ == "__main__":
    main()

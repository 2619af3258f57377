"""The engines that `training_speed.py` sets side by side; each runs in a process of its own."""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path
from typing import Any

RANK, BATCH, VIRTUAL, LONGEST = 8, 8, 20, 1024


class Silent:
    """A reporter that keeps the losses."""

    def __init__(self) -> None:
        self.losses: list[float] = []

    def phase(self, sentence: str, total: int = 0) -> None: ...

    def progress(self, done: int, total: int, seconds_left: float | None = None) -> None: ...

    def metric(self, step: int, values: Any) -> None:
        if "loss" in values:
            self.losses.append(values["loss"])

    def log(self, text: str) -> None: ...

    def warn(self, sentence: str) -> None: ...

    def checkpoint(self, step: int, folder: Path, validation_loss: float | None) -> None: ...

    def stop_requested(self) -> bool:
        return False


def read(path: Path, rows: int) -> list[tuple[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [(a, b) for a, b, *_ in list(csv.reader(file))[1 : rows + 1]]


def attune(args: argparse.Namespace) -> dict[str, float]:
    from jobs.models import company
    from jobs.training import loop, memory

    company.watch()  # as every job does
    reporter = Silent()
    ready = loop.set_up(_plan(args), reporter)
    began = time.monotonic(), time.process_time()
    loop.run(ready)
    return _outcome(args, began, sum(reporter.losses[-5:]) / 5, memory.peak(args.device))


def own_products(args: argparse.Namespace) -> dict[str, float]:
    """The products of this very engine, one after another, as if all between them cost nothing.

    On a processor: a GPU is not waited for.
    """
    from training_products import Recorder, alone

    from jobs.training import loop

    ready = loop.set_up(_plan(args), Silent())
    with Recorder() as recorder:
        loop.run(ready)
    return {"rows_per_second": args.rows / alone(recorder.seen)}


def _plan(args: argparse.Namespace) -> Any:
    from jobs.methods import method, split
    from jobs.models.source import resolve
    from jobs.training.plan import TrainingPlan
    from jobs.types import Example

    own = {"virtual_tokens": VIRTUAL} if args.method == "prompt-tuning" else {"rank": RANK}
    flat = {"epochs": 1.0, "batch_size": BATCH, "learning_rate": 1e-3, "max_length": LONGEST}
    training, options = split(method(args.method), flat | own)
    pairs = read(args.data, args.rows)
    return TrainingPlan(
        info=resolve(str(args.folder)),
        method=args.method,
        training=training,
        method_options=options,
        seed=0,
        device=args.device,
        precision="4bit" if args.method == "qlora" else "bfloat16",
        template="{prompt}",
        train=[Example(p, (c,), i) for i, (p, c) in enumerate(pairs, 1)],
        validation=[],
        folder=args.out / "attune",
        checkpoint_seconds=1e9,
    )


def trl_random(args: argparse.Namespace) -> dict[str, float]:
    """TRL as it comes: batches at random."""
    return trl(args, "random")


def trl(args: argparse.Namespace, order: str = "group_by_length") -> dict[str, float]:
    """TRL at its best."""
    import torch
    from datasets import Dataset
    from peft import LoraConfig, PromptTuningConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
    from trl import SFTConfig, SFTTrainer

    from jobs.models.load import keep_trainable
    from jobs.training import memory

    quantized = args.method == "qlora"
    packing = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )  # fmt: skip
    model = AutoModelForCausalLM.from_pretrained(
        args.folder,
        dtype=torch.bfloat16,
        device_map={"": args.device},
        **({"quantization_config": packing} if quantized else {}),
    )
    if quantized:
        keep_trainable(model)  # or its 4-bit weights would lose their gradients on some processors
    peft: Any = LoraConfig(
        r=RANK, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    if args.method == "prompt-tuning":
        peft = PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=VIRTUAL)
    pairs = read(args.data, args.rows)
    config = SFTConfig(
        output_dir=str(args.out / "trl"), num_train_epochs=1, learning_rate=1e-3,
        per_device_train_batch_size=BATCH, train_sampling_strategy=order, bf16=True,
        use_cpu=args.device == "cpu", gradient_checkpointing=False, completion_only_loss=True,
        logging_steps=5, report_to="none", save_strategy="no", max_length=LONGEST,
        disable_tqdm=True, dataloader_pin_memory=False,
    )  # fmt: skip
    trainer = SFTTrainer(
        model,
        config,
        train_dataset=Dataset.from_list([{"prompt": p + "\n", "completion": c} for p, c in pairs]),
        processing_class=AutoTokenizer.from_pretrained(args.folder),
        peft_config=peft,
    )
    began = time.monotonic(), time.process_time()
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    return _outcome(args, began, losses[-1], memory.peak(args.device))


def limit(args: argparse.Namespace) -> dict[str, float]:
    """Rows a second if a step were nothing but the matrix products that it cannot do without.

    A frozen weight of the layers takes 2 operations a token forwards and 2 backwards (for the
    gradient of its input; none for its own), a LoRA weight 6, a weight of the output embeddings 4 a
    label. Padding, attention's own products and a soft prompt before every row are not needed; a
    soft prompt passes once a batch. The rate is that of products of 1,024 x 1,024 in bfloat16.
    """
    import torch

    from jobs.data import Renderer
    from jobs.methods import method, split
    from jobs.models.source import resolve
    from jobs.models.tokenizer import load_tokenizer
    from jobs.training.encode import encode
    from jobs.types import Example

    info = resolve(str(args.folder))
    pairs = read(args.data, args.rows)
    renderer = Renderer(load_tokenizer(info), "{prompt}", "causal")
    rows = encode(renderer, [Example(p, (c,)) for p, c in pairs], LONGEST).rows
    tokens = sum(row.length for row in rows) / len(rows)
    labels = sum(len(row.completion_ids) for row in rows) / len(rows)
    head = info.vocabulary * info.hidden
    layers = info.parameters - head * (1 if info.tied else 2)
    if args.method == "prompt-tuning":
        work = 4 * layers * (tokens + VIRTUAL / BATCH)
    else:
        how = method(args.method)
        trained = how.trainable_parameters(info, split(how, {"rank": RANK})[1])
        work = (4 * layers + 6 * trained) * tokens
    work += 4 * head * labels
    a = torch.randn(1024, 1024, dtype=torch.bfloat16, device=args.device)
    best, b = 0.0, a.clone()
    for _ in range(10):
        began = time.monotonic()
        for _ in range(10):
            torch.mm(a, b)
        if args.device != "cpu":
            torch.cuda.synchronize()
        best = max(best, 10 * 2 * 1024**3 / (time.monotonic() - began))
    return {"rows_per_second": best / work, "flops": best, "work": work}


def _outcome(
    args: argparse.Namespace, began: tuple[float, float], loss: float, peak: int
) -> dict[str, float]:
    wall, processor = time.monotonic() - began[0], time.process_time() - began[1]
    return {
        "rows_per_second": args.rows / wall,
        "rows_per_processor_second": args.rows / processor,
        "loss": loss,
        "peak_mib": peak / 2**20,
    }


ENGINES = {
    "limit": limit,
    "products": own_products,
    "attune": attune,
    "trl": trl,
    "trl-random": trl_random,
}

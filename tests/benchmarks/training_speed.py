"""Rows a second of this engine, of TRL's SFTTrainer, and of the machine's matrix products.

    python tests/benchmarks/training_speed.py --data E2E.csv --method lora --shape 135m

Each engine runs in a process of its own, in turn, `--rounds` times on the same rows; the table
gives ratios, which hold on a busy machine better than the figures themselves. With
`--threads 1` the processor time is told too, which other programs hardly change.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHAPES = {  # hidden, intermediate, layers, heads, key-value heads, vocabulary
    "8m": (256, 768, 6, 8, 4, 4096),
    "25m": (384, 1024, 8, 6, 2, 16384),
    "135m": (576, 1536, 30, 9, 3, 50257),
}
RANK, BATCH, VIRTUAL = 8, 8, 20


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


def make_model(folder: Path, shape: str, pairs: list[tuple[str, str]]) -> None:
    """A Llama with random weights, and a tokenizer trained on the rows themselves."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    special = ["<pad>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(vocab_size=900, special_tokens=special, show_progress=False)
    inner.train_from_iterator([text for pair in pairs for text in pair], trainer)
    PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token="<s>", eos_token="</s>", pad_token="<pad>"
    ).save_pretrained(folder)
    hidden, inter, layers, heads, kv, vocabulary = SHAPES[shape]
    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=hidden, intermediate_size=inter, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=kv, vocab_size=vocabulary,
        tie_word_embeddings=True, pad_token_id=0, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)


def attune(args: argparse.Namespace) -> dict[str, float]:
    from jobs.methods import method, split
    from jobs.models.source import resolve
    from jobs.training import loop, memory
    from jobs.training.plan import TrainingPlan
    from jobs.types import Example

    own = {"virtual_tokens": VIRTUAL} if args.method == "prompt-tuning" else {"rank": RANK}
    flat = {"epochs": 1.0, "batch_size": BATCH, "learning_rate": 1e-3, "max_length": 1024}
    training, options = split(method(args.method), flat | own)
    pairs = read(args.data, args.rows)
    plan = TrainingPlan(
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
        folder=args.folder / "attune",
        checkpoint_seconds=1e9,
    )
    reporter = Silent()
    ready = loop.set_up(plan, reporter)
    began = time.monotonic(), time.process_time()
    loop.run(ready)
    return _outcome(args, began, sum(reporter.losses[-5:]) / 5, memory.peak(args.device))


def trl(args: argparse.Namespace) -> dict[str, float]:
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
        output_dir=str(args.folder / "trl"), num_train_epochs=1, learning_rate=1e-3,
        per_device_train_batch_size=BATCH, train_sampling_strategy="group_by_length", bf16=True,
        use_cpu=args.device == "cpu", gradient_checkpointing=False, completion_only_loss=True,
        logging_steps=5, report_to="none", save_strategy="no", max_length=1024,
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
    """Rows a second if there were nothing but 4 operations a parameter and (unpadded) token."""
    import torch

    from jobs.data import Renderer
    from jobs.models.source import resolve
    from jobs.models.tokenizer import load_tokenizer
    from jobs.training.encode import encode
    from jobs.types import Example

    info = resolve(str(args.folder))
    pairs = read(args.data, args.rows)
    renderer = Renderer(load_tokenizer(info), "{prompt}", "causal")
    rows = encode(renderer, [Example(p, (c,)) for p, c in pairs], 1024).rows
    tokens = sum(row.length for row in rows) / len(rows)
    a = torch.randn(1024, 1024, dtype=torch.bfloat16, device=args.device)
    best, b = 0.0, a.clone()
    for _ in range(10):
        began = time.monotonic()
        for _ in range(10):
            torch.mm(a, b)
        if args.device != "cpu":
            torch.cuda.synchronize()
        best = max(best, 10 * 2 * 1024**3 / (time.monotonic() - began))
    return {"rows_per_second": best / (4 * info.parameters * tokens), "flops": best}


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="a CSV of prompt, completion")
    parser.add_argument("--method", default="lora", choices=["lora", "qlora", "prompt-tuning"])
    parser.add_argument("--shape", default="25m", choices=SHAPES)
    parser.add_argument("--rows", type=int, default=320)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves it to torch")
    parser.add_argument("--engines", default="limit,attune,trl")
    parser.add_argument("--engine", choices=["limit", "attune", "trl"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.engine:
        if args.threads:
            import torch

            torch.set_num_threads(args.threads)
        outcome = {"limit": limit, "attune": attune, "trl": trl}[args.engine](args)
        print(json.dumps(outcome))
        return
    best: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        make_model(Path(folder), args.shape, read(args.data, args.rows))
        for round_ in range(args.rounds):
            for engine in args.engines.split(","):
                seen = run(engine, Path(folder))
                print(f"round {round_ + 1} {engine:8}", json.dumps(seen), flush=True)
                kept = best.setdefault(engine, dict(seen))
                for name in seen:
                    if name.startswith("rows"):
                        kept[name] = max(kept[name], seen[name])
    for name in ("rows_per_second", "rows_per_processor_second"):
        for engine, seen in best.items():
            if name in seen and name in best.get("trl", {}):
                ratio = seen[name] / best["trl"][name]
                print(f"{engine:8} {seen[name]:8.2f} {name} {ratio:6.2f} of TRL")


def run(engine: str, folder: Path) -> dict[str, float]:
    """One engine in a process of its own, with the arguments of this one."""
    out = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--engine", engine, "--folder", str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if out.returncode:
        sys.exit(f"{engine}: {out.stderr[-2000:]}")
    told: dict[str, float] = json.loads(out.stdout.strip().splitlines()[-1])
    return told


if __name__ == "__main__":
    main()

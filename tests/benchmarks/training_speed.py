"""Rows a second of this engine, of TRL's SFTTrainer, and of the machine's matrix products.

    python tests/benchmarks/training_speed.py --data E2E.csv --method lora,qlora --shape 135m

Each engine runs in a process of its own, in turn, `--rounds` times on the same rows; the table
gives ratios to TRL's better one, which hold on a busy machine better than the figures themselves.
With `--threads 1` the processor time is told too, which other programs hardly change. `--beside 1`
lets a program that never rests run beside each of them, as on somebody's desk.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training_engines import ENGINES, Silent, read

__all__ = ["ROOT", "SHAPES", "Silent", "make_model"]  # what other benchmarks take from here

ROOT = Path(__file__).resolve().parents[2]
SHAPES = {  # hidden, intermediate, layers, heads, key-value heads, vocabulary
    "8m": (256, 768, 6, 8, 4, 4096),
    "25m": (384, 1024, 8, 6, 2, 16384),
    "135m": (576, 1536, 30, 9, 3, 50257),
}
METHODS = ("lora", "qlora", "prompt-tuning")
TITLES = {
    "limit": "the machine's limit",
    "products": "its products alone",
    "attune": "this engine",
    "trl": "TRL, by length",
    "trl-random": "TRL, at random",
}


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="a CSV of prompt, completion")
    parser.add_argument("--method", default="lora", help="some of lora,qlora,prompt-tuning")
    parser.add_argument("--shape", default="25m", help="some of 8m,25m,135m,starter")
    parser.add_argument("--rows", type=int, default=320)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves it to torch")
    parser.add_argument("--beside", type=int, default=0, help="programs that never rest meanwhile")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.engine:
        if args.threads:
            import torch

            torch.set_num_threads(args.threads)
        print(json.dumps(ENGINES[args.engine](args)))
        return
    for shape in args.shape.split(","):
        for method in args.method.split(","):
            if method not in METHODS or (shape != "starter" and shape not in SHAPES):
                parser.error(f"unknown: {shape} or {method}")
            with tempfile.TemporaryDirectory() as out:
                folder = ROOT / "assets" / "starter"
                if shape != "starter":
                    folder = Path(out) / "model"
                    make_model(folder, shape, read(args.data, args.rows))
                table(shape, method, rounds(args, method, folder, Path(out)))


Outcomes = dict[str, dict[str, float]]


def rounds(args: argparse.Namespace, method: str, folder: Path, out: Path) -> Outcomes:
    """The best speed of each engine over all rounds, and its highest peak."""
    kept: Outcomes = {}
    for round_ in range(args.rounds):
        for engine in args.engines.split(","):
            with busy(args.beside):
                seen = run(engine, method, folder, out)
            print(f"round {round_ + 1} {engine:10}", json.dumps(seen), flush=True)
            best = kept.setdefault(engine, dict(seen))
            for name, value in seen.items():
                best[name] = max(best[name], value) if name != "loss" else value
    return kept


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many other programs that want a processor each while this lasts."""
    others = [
        subprocess.Popen([sys.executable, "-P", "-c", "while True: pass"]) for _ in range(count)
    ]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def table(shape: str, method: str, outcomes: Outcomes) -> None:
    """As README.md has it."""
    reference = max(
        (seen["rows_per_second"] for name, seen in outcomes.items() if "trl" in name), default=0.0
    )
    print(f"\n{shape}, {method}")
    print("| engine | rows per second | a processor | against TRL | of the limit | loss | MiB |")
    print("|---|---|---|---|---|---|---|")
    for name, seen in outcomes.items():
        speed = seen["rows_per_second"]
        top = outcomes.get("limit", {}).get("rows_per_second")
        cells = [
            TITLES[name],
            f"{speed:.1f}",
            f"{seen['rows_per_processor_second']:.1f}" if "loss" in seen else "",
            f"{speed / reference:.2f}" if reference else "",
            f"{100 * speed / top:.0f}%" if top else "",
            f"{seen['loss']:.2f}" if "loss" in seen else "",
            f"{seen['peak_mib']:.0f}" if "loss" in seen else "",
        ]
        print("| " + " | ".join(cells) + " |")
    print(flush=True)


def run(engine: str, method: str, folder: Path, out: Path) -> dict[str, float]:
    """One engine in a process of its own, with the arguments of this one."""
    own = ["--engine", engine, "--method", method, "--folder", str(folder), "--out", str(out)]
    done = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], *own],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{engine}: {done.stderr[-2000:]}")
    told: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


if __name__ == "__main__":
    main()

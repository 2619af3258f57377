"""Rebuild the starter with `python -m assets.starter.build`: tokenizer, training, held-out set."""

import argparse
import json
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from . import held_out, packing, team, tokenizer, training
from .corpus.mix import documents
from .team import Team

HERE = Path(__file__).parent
TOKENIZER_SEED, TRAINING_SEED, RESUME_OFFSET = 11, 12, 7000
VOCABULARY = 4096


def make_tokenizer(folder: Path, count: int = 40_000) -> Tokenizer:
    """Learn the tokenizer from the first documents of a seed of its own."""
    texts = (
        part
        for d in islice(documents(TOKENIZER_SEED), count)
        for part in (d.system, *(p for t in d.turns for p in (t.user, t.assistant)))
    )
    made = tokenizer.train(texts, VOCABULARY)
    tokenizer.save(made, folder)
    return made


def pre_train(member: Team, folder: Path, options: training.Options, start: Path | None) -> None:
    """Train as one member of a team, on documents of its own; the first member saves the model."""
    training.keep_memory()
    made = Tokenizer.from_file(str(folder / "tokenizer.json"))
    pad, end = (tokenizer.mark_id(made, mark) for mark in (tokenizer.PAD, tokenizer.END))
    model = training.create(options, made.get_vocab_size(), pad, end)
    seed = TRAINING_SEED + 100 * member.rank
    if start is not None:
        model.load_state_dict(torch.load(start, weights_only=True))
        seed += RESUME_OFFSET
    stream = packing.batches(made, documents(seed), options.seed + member.rank)
    progress = training.train(model, stream, options, folder / "build.log", member)
    if member.rank == 0:
        training.save(model, folder)
        (folder / "build.json").write_text(json.dumps(asdict(progress)) + "\n", encoding="utf-8")


def report(folder: Path) -> None:
    """Add size and held-out losses to what the training noted."""
    made = Tokenizer.from_file(str(folder / "tokenizer.json"))
    model = LlamaForCausalLM.from_pretrained(folder, dtype="float32")
    path = folder / "build.json"
    noted = json.loads(path.read_text(encoding="utf-8"))
    noted |= {"parameters": model.num_parameters(), "held_out_loss": held_out.losses(model, made)}
    path.write_text(json.dumps(noted, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Build everything into `--folder`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=HERE)
    parser.add_argument("--tokens", type=int, default=training.Options.tokens)
    parser.add_argument("--minutes", type=float, default=training.Options.minutes)
    parser.add_argument("--processes", type=int, default=1, help="train in so many processes")
    parser.add_argument("--resume", type=Path, help="go on from a snapshot, with its tokenizer")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.resume is None:
        make_tokenizer(given.folder)
    options = training.Options(tokens=given.tokens, minutes=given.minutes)
    work = partial(pre_train, folder=given.folder, options=options, start=given.resume)
    team.run(given.processes, work)
    report(given.folder)
    held_out.write(given.folder / "held_out.jsonl")


if __name__ == "__main__":
    main()

"""Rebuild the starter: `python -m assets.starter.build`. Tokenizer, pre-training, held-out losses."""

import argparse
import json
from itertools import islice
from pathlib import Path

from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from . import held_out, packing, tokenizer, training
from .corpus.mix import documents

HERE = Path(__file__).parent
TOKENIZER_SEED, TRAINING_SEED = 11, 12
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


def main() -> None:
    """Build everything into `--folder`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=HERE)
    parser.add_argument("--tokens", type=int, default=training.Options.tokens)
    parser.add_argument("--minutes", type=float, default=training.Options.minutes)
    parser.add_argument(
        "--keep-tokenizer", action="store_true", help="use the tokenizer that is there"
    )
    given = parser.parse_args()
    training.keep_memory()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.keep_tokenizer:
        made = Tokenizer.from_file(str(given.folder / "tokenizer.json"))
    else:
        made = make_tokenizer(given.folder)
    options = training.Options(tokens=given.tokens, minutes=given.minutes)
    pad, end = made.token_to_id(tokenizer.PAD), made.token_to_id(tokenizer.END)
    model = training.create(options, made.get_vocab_size(), pad, end)
    stream = packing.batches(made, documents(TRAINING_SEED), options.seed)
    log = given.folder / "build.log"
    used = training.train(model, stream, options, log)
    training.save(model, given.folder)
    fresh = LlamaForCausalLM.from_pretrained(given.folder, dtype="float32")
    report = {
        **used,
        "parameters": fresh.num_parameters(),
        "held_out_loss": held_out.losses(fresh, made),
    }
    (given.folder / "build.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

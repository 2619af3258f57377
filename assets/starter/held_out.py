"""What training never saw: the loss on it by task, and prompts to notice forgetting with."""

import json
import random
from collections import defaultdict
from itertools import islice
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import LlamaForCausalLM

from .corpus.document import Document
from .corpus.mix import documents
from .packing import encode

SEED = 990_001


def by_task(each: int, limit: int = 40_000) -> dict[str, list[Document]]:
    """Held-out documents of one turn, so many of each family.

    A family is the task's name up to a slash.
    """
    found: dict[str, list[Document]] = defaultdict(list)
    for document in islice(documents(SEED), limit):
        family = document.task.split("/")[0]
        if len(document.turns) == 1 and len(found[family]) < each:
            found[family].append(document)
    return dict(found)


@torch.no_grad()
def losses(
    model: LlamaForCausalLM, tokenizer: Tokenizer, each: int = 40, limit: int = 40_000
) -> dict[str, float]:
    """Mean loss of a completion's token by family, and over all under "all"."""
    model.eval()
    result: dict[str, float] = {}
    total, count = 0.0, 0
    for family, items in sorted(by_task(each, limit).items()):
        loss, tokens = 0.0, 0
        for item in encode(tokenizer, items):
            ids = torch.tensor([item.ids])
            wanted = torch.tensor(item.weights[1:]) == 1.0
            logits = model(input_ids=ids).logits[0, :-1].float()
            values = cross_entropy(logits, ids[0, 1:], reduction="none")[wanted]
            loss, tokens = loss + float(values.sum()), tokens + len(values)
        result[family] = round(loss / tokens, 4)
        total, count = total + loss, count + tokens
    return {"all": round(total / count, 4), **result}


FAMILIES = ("support", "dialogue", "describe", "extract", "question", "reply", "tone", "classify",
            "copy", "order", "mail", "tense")  # fmt: skip
TRAINED = {12: 45_000, 7012: 50_000, 7112: 50_000}  # documents of each seed, more than were read


def write(path: Path, each: int = 50, limit: int = 80_000) -> None:
    """Write prompts and completions of the commonest families as JSON lines.

    Fifty of each, since fewer tell nothing of a family by itself. A prompt that training saw all
    the same is none of them, nor one that comes twice.
    """
    rng = random.Random(SEED)
    pool: dict[str, dict[str, str]] = {family: {} for family in FAMILIES}
    for document in islice(documents(SEED), limit):
        family = document.task.split("/")[0]
        if family in pool and len(document.turns) == 1 and not document.system:
            turn = document.turns[0]
            pool[family].setdefault(turn.user, turn.assistant)
    seen = _trained_on({prompt for found in pool.values() for prompt in found})
    with path.open("w", encoding="utf-8") as file:
        for family, found in pool.items():
            fitting = [prompt for prompt in found if prompt not in seen]
            for prompt in rng.sample(fitting, each):
                row = {"task": family, "prompt": prompt, "completion": found[prompt]}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _trained_on(prompts: set[str]) -> set[str]:
    """Those of the prompts that stand in what training read."""
    return {
        turn.user
        for seed, count in TRAINED.items()
        for document in islice(documents(seed), count)
        for turn in document.turns
        if turn.user in prompts
    }

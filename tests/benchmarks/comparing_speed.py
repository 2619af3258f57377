"""Base and three runs on 200 prompts: this engine against transformers, one after another.

python tests/benchmarks/comparing_speed.py [--prompts 200] [--model starter] [--home FOLDER]

Trains three quick runs (LoRA, LoRA with another seed, prompt tuning) on a sample into `--home`
unless they are there, then answers the same prompts with greedy decoding in float32 up to the same
limit: by transformers and peft, each variant loaded and asked by itself in batches of 8 and of 32,
and by `Answerer`, all variants in mixed batches over one base. Then a fourth run is added to the
comparison. Prints seconds by the clock and of the processor (other work on the machine changes
these far less), how many texts are equal, and the ratio to the better batch size. PEFT puts padding
between soft prompt and prompt, which is not what was trained: its texts for these differ.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import torch

from jobs import Workspace
from jobs.data import Renderer
from jobs.evaluation.generate import Answerer, Request
from jobs.home import Home
from jobs.models.source import end_ids, resolve
from jobs.models.tokenizer import load_tokenizer
from jobs.queue.executors.inline import InlineExecutor
from jobs.store import Store
from jobs.types import GenerationSettings, Variant

RUNS = (("one", "lora", 0), ("two", "lora", 1), ("soft", "prompt-tuning", 0), ("late", "lora", 2))


def trained(folder: Path, model: str) -> list[Variant]:
    """The base and the runs, made where they are missing."""
    home = Home(folder).make()
    store = Store.open(home)
    workspace = Workspace(home, store, InlineExecutor(store, home))
    name = workspace.samples()[0].name
    workspace.add_sample(name)
    known = {run.name for run in workspace.runs() if run.state == "done"}
    variants = [Variant("base", "float32")]
    for run_name, method, seed in RUNS:
        if run_name not in known:
            options = {"epochs": 1.0}
            dataset = workspace.datasets()[0].name
            workspace.train(dataset, method, model=model, name=run_name, seed=seed, options=options)
        run = workspace.run(run_name)
        adapter = run.folder / "adapter"
        variants.append(Variant(run_name, "float32", run.method, adapter, run.id))
    return variants


def by_transformers(info, renderer, variants, prompts, limit, batch):
    """Each variant loaded and asked by itself; its texts and the seconds of all of it."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, GenerationConfig

    tokenizer, texts = renderer.tokenizer, {}
    config = GenerationConfig(
        max_new_tokens=limit,
        do_sample=False,
        eos_token_id=list(renderer.end_ids),
        pad_token_id=renderer.pad_id,
    )
    begun = _clocks()
    for variant in variants:
        model = AutoModelForCausalLM.from_pretrained(info.path, dtype=torch.float32)
        if variant.adapter is not None:
            model = PeftModel.from_pretrained(model, str(variant.adapter))
        model = model.eval()
        for start in range(0, len(prompts), batch):
            part = prompts[start : start + batch]
            width = max(map(len, part))
            ids = torch.tensor([[renderer.pad_id] * (width - len(p)) + list(p) for p in part])
            mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in part])
            with torch.inference_mode():
                out = model.generate(input_ids=ids, attention_mask=mask, generation_config=config)
            for place, row in enumerate(out[:, width:].tolist()):
                end = next((i for i, t in enumerate(row) if t in renderer.end_ids), len(row))
                text = tokenizer.decode(row[:end], skip_special_tokens=True)
                texts[variant.name, start + place] = text
    return _since(begun), texts


def by_answerer(info, renderer, variants, prompts, limit, asked=None):
    """All variants together; `asked` are those whose answers are missing."""
    texts, tokens = {}, 0
    begun = _clocks()
    answerer = Answerer(info, renderer.tokenizer, "cpu")
    for variant in asked or variants:
        answerer.add(variant)

    def on_done(variant, index, completion):
        nonlocal tokens
        texts[variant, index] = completion.text
        tokens += completion.tokens

    requests = [Request(v.name, i, p) for v in asked or variants for i, p in enumerate(prompts)]
    settings = GenerationSettings(limit, "float32", renderer.template)
    answerer.answer(requests, settings, renderer.end_ids, renderer.pad_id, on_done)
    return _since(begun), texts, tokens


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=200)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--limit", type=int, default=96)
    parser.add_argument("--batches", type=int, nargs="+", default=[8, 32])
    given = parser.parse_args()
    folder = given.home or Path(tempfile.mkdtemp(prefix="attune-benchmark-"))
    *variants, late = trained(folder, given.model)
    info = resolve(given.model)
    renderer = Renderer(load_tokenizer(info), kind=info.kind, extra_end_ids=end_ids(info))
    workspace = Workspace.open(folder)
    dataset = workspace.datasets()[0].name
    every = [
        example.prompt
        for split in ("test", "validation", "train")
        for example in workspace.examples(dataset, split, limit=given.prompts)
    ]
    prompts = [tuple(renderer.prompt_ids(text)) for text in every[: given.prompts]]
    by_answerer(info, renderer, variants, prompts[:2], 4)  # imports and first kernels
    ours, texts, tokens = by_answerer(info, renderer, variants, prompts, given.limit)
    print(f"this engine: {_said(ours)}; {tokens} tokens", flush=True)
    theirs = {}
    for batch in given.batches:
        theirs[batch], wanted = by_transformers(
            info, renderer, variants, prompts, given.limit, batch
        )
        equal = {
            v.name: sum(texts[v.name, i] == wanted[v.name, i] for i in range(len(prompts)))
            for v in variants
        }
        print(
            f"transformers, batches of {batch}: {_said(theirs[batch])}; equal {equal}", flush=True
        )
    for place, clock in enumerate(("by the clock", "by the processor")):
        ratio = min(one[place] for one in theirs.values()) / ours[place]
        print(f"{ratio:.2f} times as fast as the better of the two {clock}", flush=True)
    added, _, _ = by_answerer(info, renderer, variants, prompts, given.limit, [late])
    each = [seconds / len(variants) for seconds in ours]
    print(f"a run added later: {_said(added)}; a variant of the others: {_said(each)}")


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(begun: tuple[float, float]) -> tuple[float, float]:
    now = _clocks()
    return now[0] - begun[0], now[1] - begun[1]


def _said(seconds) -> str:
    return f"{seconds[0]:.1f} s, {seconds[1]:.1f} s of the processor"


if __name__ == "__main__":
    main()

"""The card of an exported run: how it was made, whether it helped, the Python that loads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.data import Renderer
from jobs.methods import keeps_whole_model, method_title
from jobs.models.source import STARTER, end_ids, portable_name
from jobs.models.tokenizer import load_tokenizer
from jobs.types import DatasetInfo, ModelInfo, RunInfo

BASE = "base"
EXAMPLE = "your text"


def base_name(info: ModelInfo, method: str) -> str:
    """What an export calls the base: for an adapter of the starter a folder, which comes along."""
    along = info.spec == "starter" and not keeps_whole_model(method)
    return BASE if along else portable_name(info)


def renderer_of(run: RunInfo, info: ModelInfo) -> Renderer:
    """The renderer that a run was trained with."""
    tokenizer = load_tokenizer(info)
    return Renderer(tokenizer, template=run.template, kind=info.kind, extra_end_ids=end_ids(info))


def loading_code(run: RunInfo, info: ModelInfo) -> str:
    """Python that answers a prompt from an unpacked export, with plain peft and transformers."""
    renderer, base = renderer_of(run, info), base_name(info, run.method)
    rendered = renderer.text(EXAMPLE)
    # True where the tokenizer by itself adds just what the model was trained to read.
    special = renderer.tokenizer(rendered)["input_ids"] == renderer.prompt_ids(EXAMPLE)
    causal = info.kind == "causal"
    load = LOAD_WHOLE if keeps_whole_model(run.method) else LOAD_ADAPTER
    return CODE.format(
        load=load.format(
            base=base,
            quantized=QUANTIZED if run.method == "qlora" else "",
            loader="AutoModelForCausalLM" if causal else "AutoModelForSeq2SeqLM",
            load_options=", quantization_config=quantization" if run.method == "qlora" else "",
        ),
        rendered=repr(rendered),
        special=special,
        end_ids=list(renderer.end_ids),
        pad_id=renderer.pad_id,
        cut='[inputs["input_ids"].shape[1] :]' if causal else "",
    )


def card(run: RunInfo, info: ModelInfo, dataset: DatasetInfo, helped: str, forgot: str = "") -> str:
    """The README of an export; `helped` is what a comparison said of this run, `forgot` what it is
    known to have forgotten, "" without one."""
    base, whole = base_name(info, run.method), keeps_whole_model(run.method)
    on_hub = base == info.spec != STARTER
    return CARD.format(
        # The Hub reads an id of its own here, and would link to a stranger's model.
        of=f"base_model: {base}\n" if on_hub else "",
        name=run.name,
        method=run.method,
        method_title=method_title(run.method),
        title=info.title,
        data=dataset.name,
        train=_learnt_from(run.result, dataset.counts.get("train", 0)),
        loss=_loss(run.result),
        helped=helped or "Not compared with the base yet.",
        forgot=forgot or "Not looked at yet.",
        options="\n".join(f"| {key} | {value} |" for key, value in sorted(run.options.items())),
        library="transformers" if whole else "peft",
        what="A model made of" if whole else "An adapter for",
        beside="" if whole or base in (BASE, info.spec) else BESIDE.format(base=base),
        code=loading_code(run, info),
    )


def _learnt_from(result: Mapping[str, Any], rows: int) -> str:
    """How many examples, where some did not fit of how many; older results do not tell."""
    read = result.get("rows") or rows
    return f"{read}" if read >= rows else f"{read} of {rows}"


def _loss(result: Mapping[str, Any]) -> str:
    loss = result.get("validation_loss")
    return "unknown" if loss is None else f"{loss:.3f}"


QUANTIZED = """
quantization = transformers.BitsAndBytesConfig(
    load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
    bnb_4bit_compute_dtype=torch.float32)"""

BESIDE = """
The base model is not in this folder: put its own folder, “{base}”, beside this file.
"""

LOAD_ADAPTER = """import torch, transformers
from peft import PeftModel
{quantized}
base = transformers.{loader}.from_pretrained("{base}", dtype=torch.float32{load_options})
tokenizer = transformers.AutoTokenizer.from_pretrained("{base}")
model = PeftModel.from_pretrained(base, "adapter").eval()"""

LOAD_WHOLE = """import torch, transformers

model = transformers.{loader}.from_pretrained("model", dtype=torch.float32).eval()
tokenizer = transformers.AutoTokenizer.from_pretrained("model")"""

CODE = """{load}

prompt = {rendered}  # your text, written the way the model was trained to read it
inputs = tokenizer(prompt, return_tensors="pt", add_special_tokens={special})
inputs = {{key: inputs[key] for key in ("input_ids", "attention_mask")}}
ends = {{"eos_token_id": {end_ids}, "pad_token_id": {pad_id}}}
ids = model.generate(**inputs, max_new_tokens=200, do_sample=False, **ends)
print(tokenizer.decode(ids[0]{cut}, skip_special_tokens=True))"""

CARD = """---
{of}library_name: {library}
tags: [{method}]
---

# {name}

{what} {title}, trained on {train} examples of “{data}” ({method_title}).

**Did it help?** {helped}

**What did it forget?** {forgot}

Loss on the validation examples at the step that was kept: {loss}.

## Use it
{beside}
```python
{code}
```

## Made with

| option | value |
|---|---|
{options}
"""

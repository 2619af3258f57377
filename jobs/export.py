"""A run's adapter as a folder that plain `peft` and `transformers` can load, with its card."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs.data import Renderer
from jobs.errors import AlreadyExists, Unavailable
from jobs.models.source import end_ids, portable_name
from jobs.models.tokenizer import load_tokenizer
from jobs.types import ComparisonInfo, DatasetInfo, ModelInfo, RunInfo

ADAPTER = "adapter"
BASE = "base"
EXAMPLE = "your text"


def export(
    run: RunInfo,
    info: ModelInfo,
    dataset: DatasetInfo,
    comparison: ComparisonInfo | None,
    to: Path,
) -> Path:
    """Write the adapter, its card and (for the starter) its base into `to`: all or nothing."""
    to = to.expanduser().resolve()
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise AlreadyExists(f"“{to}” is there already and not empty.", "Name a new folder.")
    if not (run.folder / ADAPTER / "adapter_config.json").is_file():
        raise Unavailable(
            f"Run “{run.name}” has no adapter to export: it is {run.state}.",
            "Wait until it is done, or resume it.",
        )
    to.parent.mkdir(parents=True, exist_ok=True)
    half_made = Path(tempfile.mkdtemp(prefix=f".{to.name}-", dir=to.parent))
    try:
        _fill(half_made, run, info, dataset, comparison)
        if to.exists():
            to.rmdir()
        half_made.chmod(0o755)
        half_made.rename(to)
    except BaseException:
        shutil.rmtree(half_made, ignore_errors=True)
        raise
    return to


def zip_folder(folder: Path, archive: Path) -> Path:
    """Pack a folder under its own name; weights hardly compress, so they are stored as they are."""
    half_made = archive.with_suffix(f".{uuid.uuid4().hex}.part")
    with zipfile.ZipFile(half_made, "w", zipfile.ZIP_STORED) as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, Path(folder.name) / path.relative_to(folder))
    half_made.replace(archive)
    return archive


def _fill(
    folder: Path,
    run: RunInfo,
    info: ModelInfo,
    dataset: DatasetInfo,
    comparison: ComparisonInfo | None,
) -> None:
    brings_base = info.spec == "starter"
    shutil.copytree(run.folder / ADAPTER, folder / ADAPTER)
    base = BASE if brings_base else portable_name(info)
    if brings_base:
        assert info.path is not None
        shutil.copytree(info.path, folder / BASE, ignore=_not_of_the_model)
    config_path = folder / ADAPTER / "adapter_config.json"
    config = json.loads(config_path.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = base
    config_path.write_text(json.dumps(config, indent=2, sort_keys=True), encoding="utf-8")
    renderer = Renderer(
        load_tokenizer(info), template=run.template, kind=info.kind, extra_end_ids=end_ids(info)
    )
    told = {
        "base_model": base,
        "method": run.method,
        "data": run.dataset,
        "options": dict(run.options),
        "seed": run.seed,
        "prompt": renderer.describe(),
    }
    (folder / "attune.json").write_text(
        json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    card = _card(run, info, dataset, comparison, base, renderer)
    (folder / "README.md").write_text(card, encoding="utf-8")


def _not_of_the_model(_folder: str, names: list[str]) -> set[str]:
    """All that lies beside the starter's own files: how it was made, what it was measured on."""
    kept = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")
    return {n for n in names if n not in kept and not n.endswith(".safetensors")}


def _card(
    run: RunInfo,
    info: ModelInfo,
    dataset: DatasetInfo,
    comparison: ComparisonInfo | None,
    base: str,
    renderer: Renderer,
) -> str:
    counts = dataset.counts
    rendered = renderer.text(EXAMPLE)
    # True where the tokenizer by itself adds just what the model was trained to read (trap 3).
    special = renderer.tokenizer(rendered)["input_ids"] == renderer.prompt_ids(EXAMPLE)
    verdict = comparison.verdict if comparison else ""
    loader = "AutoModelForCausalLM" if info.kind == "causal" else "AutoModelForSeq2SeqLM"
    return CARD.format(
        base=base,
        name=run.name,
        method=run.method,
        title=info.title,
        data=dataset.name,
        train=counts.get("train", 0),
        loss=_loss(run.result),
        verdict=verdict or "Not compared with the base yet.",
        options="\n".join(f"| {key} | {value} |" for key, value in sorted(run.options.items())),
        quantized=QUANTIZED if run.method == "qlora" else "",
        loader=loader,
        load_options=", quantization_config=quantization" if run.method == "qlora" else "",
        rendered=repr(rendered),
        special=special,
        end_ids=list(renderer.end_ids),
        pad_id=renderer.pad_id,
        beside=BESIDE.format(base=base) if base not in (BASE, info.spec) else "",
        cut='[inputs["input_ids"].shape[1] :]' if info.kind == "causal" else "",
    )


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

CARD = """---
base_model: {base}
library_name: peft
tags: [{method}]
---

# {name}

An adapter for {title}, trained with {method} on {train} examples of “{data}”.

**Did it help?** {verdict}

Loss on the validation examples at the step that was kept: {loss}.

## Use it
{beside}
```python
import torch, transformers
from peft import PeftModel
{quantized}
base = transformers.{loader}.from_pretrained("{base}", dtype=torch.float32{load_options})
tokenizer = transformers.AutoTokenizer.from_pretrained("{base}")
model = PeftModel.from_pretrained(base, "adapter").eval()

prompt = {rendered}  # your text, written the way the model was trained to read it
inputs = tokenizer(prompt, return_tensors="pt", add_special_tokens={special})
inputs = {{key: inputs[key] for key in ("input_ids", "attention_mask")}}
ends = {{"eos_token_id": {end_ids}, "pad_token_id": {pad_id}}}
ids = model.generate(**inputs, max_new_tokens=200, do_sample=False, **ends)
print(tokenizer.decode(ids[0]{cut}, skip_special_tokens=True))
```

## Made with

| option | value |
|---|---|
{options}
"""

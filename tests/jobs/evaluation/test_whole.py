"""With the real loaders: a model's folder, its methods, its renderer; torch stays out till then."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from jobs.errors import ModelError
from jobs.types import GenerationSettings, Variant

PROMPTS = ("What is it?", "Say something long about cats and dogs.", "No.")


@pytest.fixture(scope="module")
def house(tiny, tmp_path_factory):
    """A base on the disk and a run of each method with weights that matter."""
    import torch

    from jobs.methods import method, methods, options_for, split
    from jobs.models.load import load_base
    from jobs.models.source import resolve
    from jobs.models.tokenizer import load_tokenizer

    info = resolve(str(tiny("llama")))
    tokenizer = load_tokenizer(info)
    variants = [Variant("base", "float32"), Variant("base@4bit", "4bit")]
    for name in [m.name for m in methods()]:
        chosen = method(name)
        precision = chosen.precision_of_base or "float32"
        base = load_base(info, precision, "cpu", compute="float32")
        _, options = split(chosen, options_for(chosen, "quick", 100, info))
        tuned = chosen.attach(base, tokenizer, options, 0)
        torch.manual_seed(7)
        for weight in tuned.parameters():
            if weight.requires_grad:
                weight.data.normal_(std=0.2)
        folder = tmp_path_factory.mktemp(name)
        chosen.save(tuned, folder)
        variants.append(Variant(f"{name}-1", precision, name, folder))
    return info, tokenizer, variants


def test_every_method_answers_as_plain_peft_does(house):
    import torch
    from transformers import GenerationConfig

    from jobs.data import Renderer
    from jobs.evaluation.generate import Answerer, Request
    from jobs.methods import method
    from jobs.models.load import load_base

    info, tokenizer, variants = house
    renderer = Renderer(tokenizer, "Answer: {prompt}", info.kind)
    answerer = Answerer(info, tokenizer, "cpu")
    for variant in variants:
        answerer.add(variant)
    ids = [tuple(renderer.prompt_ids(prompt)) for prompt in PROMPTS]
    requests = [Request(v.name, i, one) for i, one in enumerate(ids) for v in variants]
    settings = GenerationSettings(16, "float32", renderer.template)
    found = {}
    assert answerer.answer(
        requests,
        settings,
        renderer.end_ids,
        renderer.pad_id,
        lambda variant, index, completion: found.update({(variant, index): completion}),
    )
    answerer.close()
    assert answerer.silent_variants() == ()
    config = GenerationConfig(
        max_new_tokens=16, do_sample=False, eos_token_id=list(renderer.end_ids),
        pad_token_id=renderer.pad_id,
    )  # fmt: skip
    for variant in variants:
        is_model = variant.method == "full"
        weights = replace(info, path=variant.adapter) if is_model else info
        model = load_base(weights, variant.precision, "cpu", compute="float32")
        if variant.adapter is not None and not is_model:
            model = method(variant.method).load(model, variant.adapter)
        for index, one in enumerate(ids):
            inputs = torch.tensor([one])
            with torch.no_grad():
                whole = model.generate(
                    input_ids=inputs,
                    attention_mask=torch.ones_like(inputs),
                    generation_config=config,
                )
            text = tokenizer.decode(whole[0, len(one) :], skip_special_tokens=True)
            assert found[variant.name, index].text == text, (variant.name, index)


def test_scoring_needs_no_torch():
    """Page and command line read results; torch alone takes seconds to import."""
    modules = "comparison, report, verdict, statistics, notes, batching, metrics"
    code = f"import sys; from jobs.evaluation import {modules}; print('torch' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "False"


def test_a_whole_model_is_loaded_in_the_place_of_its_base(house):
    """Trap 22: neither the base nor another run answers with its weights, and one is held."""
    from jobs.evaluation import loading
    from jobs.evaluation.generate import Answerer, Request

    info, tokenizer, variants = house
    full = next(v for v in variants if v.method == "full")
    loads = []

    def load(info, *rest):
        loads.append(info.title)
        return loading.load_base(info, *rest)

    def answers(names):
        answerer = Answerer(info, tokenizer, "cpu", load_base=load)
        answerer.add(Variant("base", "float32"))
        answerer.add(Variant("lora-1", "float32", "lora", lora.adapter))
        answerer.add(full)
        found = {}
        requests = [Request(name, 0, (5, 6, 7)) for name in names]
        answerer.answer(
            requests, GenerationSettings(8, "float32", "{prompt}"), {1}, 0,
            lambda name, _, answer: found.update({name: answer.text}),
        )  # fmt: skip
        return found

    lora = next(v for v in variants if v.method == "lora")
    alone = {name: answers([name])[name] for name in ("base", "lora-1", full.name)}
    loads.clear()
    assert answers(["base", full.name, "lora-1"]) == alone
    assert loads == [info.title, full.name]
    assert len(set(alone.values())) == 3


@pytest.mark.parametrize("fault", ["missing", "unexpected"])
def test_an_adapter_that_does_not_fit_answers_nothing(house, tmp_path, fault):
    """Trap 20: peft by itself warns, and answers with what is left of it."""
    import torch
    from safetensors.torch import load_file, save_file

    from jobs.evaluation.generate import Answerer

    info, tokenizer, variants = house
    lora = next(v for v in variants if v.method == "lora")
    folder = shutil.copytree(lora.adapter, tmp_path / "adapter")
    tensors = load_file(folder / "adapter_model.safetensors")
    if fault == "missing":
        tensors.pop(sorted(tensors)[0])
    else:
        tensors["extra"] = torch.zeros(2)
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    answerer = Answerer(info, tokenizer, "cpu")
    answerer.add(replace(lora, adapter=folder))
    with pytest.raises(ModelError, match="do not fit"):
        answerer.ready(lora.name, "float32")

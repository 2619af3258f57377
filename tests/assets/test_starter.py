"""The practice model's files: tokenizer, template, size, and that it predicts what it never saw."""

import json
from collections import Counter
from pathlib import Path

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from assets.starter import held_out, tokenizer
from assets.starter.corpus.document import Document, Turn
from assets.starter.packing import encode

STARTER = Path(held_out.__file__).parent
LOADED = PreTrainedTokenizerFast.from_pretrained(STARTER)


@pytest.fixture(scope="module")
def model() -> LlamaForCausalLM:
    """The practice model as a user loads it."""
    loaded: LlamaForCausalLM = LlamaForCausalLM.from_pretrained(STARTER, dtype="float32")
    return loaded.eval()


@given(st.text())
@example("  two  spaces ")
@example("tab\tline\r\n\n end")
@example("你好 😀 naïve हिन्दी")
@example("<0x41> is no byte")
@settings(max_examples=300, deadline=None)
def test_any_text_comes_back(text: str) -> None:
    assert LOADED.decode(LOADED.encode(text)) == text
    assert LOADED.decode(LOADED.encode(text, add_special_tokens=False)) == text


def test_marks_are_single_different_tokens() -> None:
    ids = [LOADED.encode(mark) for mark in tokenizer.SPECIAL]
    assert all(len(one) == 1 for one in ids)
    assert len({one[0] for one in ids}) == len(ids)
    assert LOADED.pad_token_id != LOADED.eos_token_id
    assert LOADED.eos_token == tokenizer.END


def test_nothing_is_added_to_a_text() -> None:
    assert LOADED.bos_token_id is None
    assert LOADED.encode("Hello") == LOADED.encode("Hello", add_special_tokens=False)


def test_template_closes_a_turn_with_the_end_token() -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi {{ x }}"},
        {"role": "assistant", "content": "Hello"},
    ]
    whole = LOADED.apply_chat_template(messages, tokenize=False)
    prompt = LOADED.apply_chat_template(messages[:2], tokenize=False, add_generation_prompt=True)
    assert whole == "Be brief.<|user|>Hi {{ x }}<|assistant|>Hello<|end|>"
    assert whole.startswith(prompt)


def test_training_saw_what_the_template_renders() -> None:
    document = Document("any", (Turn("one", "two"), Turn("three", "four")), system="Do it.")
    messages = [{"role": "system", "content": "Do it."}]
    for turn in document.turns:
        messages.append({"role": "user", "content": turn.user})
        messages.append({"role": "assistant", "content": turn.assistant})
    rendered = LOADED.apply_chat_template(messages, tokenize=False)
    ids = encode(LOADED.backend_tokenizer, [document])[0].ids
    assert ids == LOADED.encode(rendered, add_special_tokens=False)


def test_files_are_small_and_say_greedy() -> None:
    assert (STARTER / "model.safetensors").stat().st_size <= 20_000_000
    generation = json.loads((STARTER / "generation_config.json").read_text())
    assert generation["do_sample"] is False
    assert generation["eos_token_id"] == LOADED.eos_token_id
    assert generation["pad_token_id"] == LOADED.pad_token_id
    config = json.loads((STARTER / "config.json").read_text())
    assert config["max_position_embeddings"] >= 1024
    assert config["vocab_size"] == len(LOADED)


def test_held_out_loss_is_low(model: LlamaForCausalLM) -> None:
    losses = held_out.losses(model, LOADED.backend_tokenizer, each=2, limit=1_200)
    assert losses["all"] < 1.0
    assert losses["support"] < 0.3


def test_an_instruction_decides_what_is_done(model: LlamaForCausalLM) -> None:
    chat = (
        "Agent: Nora here, happy to help.\nCustomer: Hi, this is Ivy Brandt. My kettle leaks.\n"
        "Agent: What is the order number?\nCustomer: It is K-4471.\n"
        "Agent: We will arrange a free repair by Friday.\nCustomer: Great, thanks!"
    )
    asked, bare = (answer(model, text) for text in (f"Write an agent note.\n\n{chat}", chat))
    assert "K-4471" in asked
    assert asked != bare


def answer(model: LlamaForCausalLM, text: str) -> str:
    """The model's greedy answer to one message."""
    messages = [{"role": "user", "content": text}]
    prompt = LOADED.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    ids = LOADED(prompt, return_tensors="pt", add_special_tokens=False).input_ids
    with torch.no_grad():
        out = model.generate(ids, max_new_tokens=60)
    return str(LOADED.decode(out[0, ids.shape[1] :], skip_special_tokens=True))


def test_held_out_prompts_cover_many_tasks() -> None:
    rows = [json.loads(line) for line in (STARTER / "held_out.jsonl").read_text().splitlines()]
    assert min(Counter(row["task"] for row in rows).values()) >= 50
    assert len({row["task"] for row in rows}) >= 12
    assert all(row.keys() == {"task", "prompt", "completion"} for row in rows)


def test_loading_the_tokenizer_needs_no_torch() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from transformers import PreTrainedTokenizerFast as T;"
        f"T.from_pretrained({str(STARTER)!r}); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-P", "-c", code], check=False).returncode == 0

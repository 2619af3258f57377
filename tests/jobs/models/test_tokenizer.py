"""Tokenizers without torch say what the library's own loader says."""

from __future__ import annotations

import dataclasses
import shutil

import pytest

from jobs.errors import ModelError, NotFound
from jobs.models.source import resolve
from jobs.models.tokenizer import load_tokenizer

TEXT = "Grüße — 你好, naïve\n\t007"


@pytest.mark.parametrize("family", ["llama", "gpt2", "qwen2", "t5"])
def test_same_ids_as_the_automatic_tokenizer(tiny, family):
    from transformers import AutoTokenizer

    info = resolve(str(tiny(family)))
    ours, theirs = load_tokenizer(info), AutoTokenizer.from_pretrained(info.path)
    assert ours(TEXT)["input_ids"] == theirs(TEXT)["input_ids"]
    assert ours.decode(ours(TEXT, add_special_tokens=False)["input_ids"]) == TEXT
    assert (ours.eos_token_id, ours.pad_token_id) == (theirs.eos_token_id, theirs.pad_token_id)
    assert ours.chat_template == theirs.chat_template


def test_the_chat_template_comes_along(tiny):
    tokenizer = load_tokenizer(resolve(str(tiny("llama"))))
    asked = [{"role": "user", "content": "Hi"}]
    text = tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
    assert text == "<|user|>Hi<|end|><|assistant|>"


def test_no_tokenizer(tiny, tmp_path):
    folder = shutil.copytree(tiny("llama"), tmp_path / "llama")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match="tokenizer"):
        load_tokenizer(resolve(str(folder)))


def test_a_damaged_tokenizer(tiny, tmp_path):
    folder = shutil.copytree(tiny("llama"), tmp_path / "llama")
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match="tokenizer"):
        load_tokenizer(resolve(str(folder)))


def test_a_model_that_is_not_here_yet(tiny):
    info = dataclasses.replace(resolve(str(tiny("llama"))), path=None)
    with pytest.raises(NotFound, match="not on this machine"):
        load_tokenizer(info)

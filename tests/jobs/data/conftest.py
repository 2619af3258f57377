"""Tokenizers of the families that differ in how they begin, end and take turns, made here."""

import os
from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LLAMA_CHAT = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}"
    "[INST] {{ m['content'] }} [/INST]"
    "{% else %} {{ m['content'] }} {{ eos_token }}{% endif %}{% endfor %}"
)


def _bytes(special):
    """A byte-level tokenizer without merges: every byte is a token, so that any text encodes."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate([*special, *letters])}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(special))
    return tokenizer


def _around(tokenizer, single, special):
    tokenizer.post_processor = processors.TemplateProcessing(
        single=single, special_tokens=[(token, tokenizer.token_to_id(token)) for token in special]
    )


def _fast(tokenizer, chat_template=None, **special):
    from transformers import PreTrainedTokenizerFast

    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)
    made.chat_template = chat_template
    return made


@pytest.fixture
def llama():
    """<s> before every text, by the post-processor; padding is the end token, as people set it."""
    tokenizer = _bytes(["<unk>", "<s>", "</s>"])
    _around(tokenizer, "<s> $A", ["<s>"])
    return _fast(tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>")


@pytest.fixture
def llama_chat(llama):
    """The same with a chat template that writes the <s> itself."""
    llama.chat_template = LLAMA_CHAT
    return llama


@pytest.fixture
def chatml():
    """Turns end with <|im_end|> while the tokenizer's end token is <|endoftext|>."""
    tokenizer = _bytes(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    special = {"eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}
    return _fast(tokenizer, CHATML, **special)


@pytest.fixture
def t5():
    tokenizer = _bytes(["<pad>", "</s>", "<unk>"])
    _around(tokenizer, "$A </s>", ["</s>"])
    return _fast(tokenizer, eos_token="</s>", pad_token="<pad>", unk_token="<unk>")


@pytest.fixture
def real_data():
    folder = os.environ.get("ATTUNE_REAL_DATA")
    if not folder:
        pytest.skip("ATTUNE_REAL_DATA does not name the folder of real files")
    return Path(folder)

"""The tokenizer, a byte-fallback BPE that gives any text back as it was, and the template."""

import json
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

PAD, END, USER, ASSISTANT = "<|pad|>", "<|end|>", "<|user|>", "<|assistant|>"
SPECIAL = (PAD, END, USER, ASSISTANT)
BYTES = tuple(f"<0x{value:02X}>" for value in range(256))
MAX_LENGTH = 2048

# Words with the space before them, each digit alone (so that numbers are copied digit by digit),
# signs, white space.
_SPLIT = r" ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s"

# A system message is plain text ahead of the first turn: the place where a soft prompt stands.
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] }}"
    "{% elif message['role'] == 'user' %}{{ '<|user|>' + message['content'] }}"
    "{% else %}{{ '<|assistant|>' + message['content'] + '<|end|>' }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def train(texts: Iterator[str], size: int) -> Tokenizer:
    """A tokenizer of `size` entries learnt from the texts; what it has never seen becomes bytes."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_SPLIT), behavior="isolated")
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=[*SPECIAL, *BYTES], limit_alphabet=200, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return _bytes_as_words(tokenizer)


def _bytes_as_words(tokenizer: Tokenizer) -> Tokenizer:
    """Take the bytes off the special tokens, so that a text holding "<0x41>" stays what it is."""
    state = json.loads(tokenizer.to_str())
    state["added_tokens"] = [t for t in state["added_tokens"] if t["content"] in SPECIAL]
    return Tokenizer.from_str(json.dumps(state))


def mark_id(tokenizer: Tokenizer, mark: str) -> int:
    """The id of one of the special marks."""
    found = tokenizer.token_to_id(mark)
    if found is None:
        raise KeyError(f"{mark} is not in this tokenizer; train it with `tokenizer.train`")
    return int(found)


def save(tokenizer: Tokenizer, folder: Path) -> None:
    """Write what `PreTrainedTokenizerFast` reads, template included."""
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": END,
        "pad_token": PAD,
        "additional_special_tokens": [USER, ASSISTANT],
        "clean_up_tokenization_spaces": False,
        "model_max_length": MAX_LENGTH,
        "padding_side": "left",
        "chat_template": CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(
        json.dumps(config, indent=2) + "\n", encoding="utf-8"
    )

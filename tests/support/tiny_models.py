"""Two-layer models with random weights, written as the folders that a person would have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<pad>", "<s>", "<|end|>", "<|user|>", "<|assistant|>"]
VOCABULARY = len(SPECIAL) + 256


def write_tokenizer(folder: Path, *, chat: bool = True, end: str = "<|end|>") -> None:
    """Bytes as tokens, five special ones before them; `end` is added to encoder inputs."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate([*SPECIAL, *letters])}
    inner = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    inner.decoder = decoders.ByteLevel()
    inner.add_special_tokens(SPECIAL)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token="<s>", eos_token=end, pad_token="<pad>"
    )
    if chat:
        tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder)


def config_for(family: str, **changes: Any) -> Any:
    """The configuration of a two-layer model; `changes` go to its class."""
    import transformers as t

    ends = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "vocab_size": VOCABULARY}
    llama = {
        **{"hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2},
        **{"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 256},
    }
    made = {
        "llama": (t.LlamaConfig, llama),
        "llama-tied": (t.LlamaConfig, {**llama, "tie_word_embeddings": True}),
        "qwen2": (t.Qwen2Config, {**llama, "intermediate_size": 100}),
        "gpt2": (t.GPT2Config, {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 256}),
        "t5": (
            t.T5Config,
            {
                **{"d_model": 64, "d_kv": 16, "d_ff": 128, "num_layers": 2, "num_heads": 4},
                **{"feed_forward_proj": "gated-gelu", "decoder_start_token_id": 0},
            },
        ),
    }
    kind, sizes = made[family]
    return kind(**(ends | sizes | changes))


def write_model(folder: Path, family: str, *, seed: int = 0, **changes: Any) -> Path:
    """A whole model's folder; biases are random too, so that losing one is seen."""
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

    config = config_for(family, **changes)
    kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = kind.from_config(config)
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if name.endswith("bias"):
                    parameter.normal_(std=0.2)
                elif parameter.dim() == 2:
                    parameter.normal_(std=0.12)
    model.save_pretrained(folder)
    write_tokenizer(folder, chat=family != "t5")
    return folder


def begin_every_text(folder: Path) -> None:
    """Let the tokenizer put its beginning token before whatever it reads, as Llama's does."""
    begins = {"SpecialToken": {"id": "<s>", "type_id": 0}}
    text = {"Sequence": {"id": "A", "type_id": 0}}
    known = {"<s>": {"id": "<s>", "ids": [SPECIAL.index("<s>")], "tokens": ["<s>"]}}
    processor = {"type": "TemplateProcessing", "single": [begins, text], "pair": [begins, text]}
    change_json(folder / "tokenizer.json", post_processor=processor | {"special_tokens": known})


def change_json(path: Path, **changes: Any) -> None:
    """Set keys of a JSON file."""
    found = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(found | changes), encoding="utf-8")

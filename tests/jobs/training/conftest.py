"""Two-layer models with random weights, a tokenizer of letters, and a reporter that keeps lists."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")

from jobs.types import Example

ALPHABET = [chr(c) for c in range(32, 127)] + ["\n"]
SPECIAL = ["<pad>", "<s>", "</s>"]
VOCABULARY = len(SPECIAL) + len(ALPHABET)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


class ListReporter:
    """Keeps all it is told; asks to stop once `stop_after` calls of stop_requested were made."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.metrics: list[tuple[int, dict[str, float]]] = []
        self.logs: list[str] = []
        self.warnings: list[str] = []
        self.checkpoints: list[tuple[int, Path, float | None]] = []
        self.left: list[float | None] = []
        self.stop: Callable[[ListReporter], bool] = lambda _: False

    def phase(self, sentence: str, total: int = 0) -> None:
        self.phases.append(sentence)

    def progress(self, done: int, total: int, seconds_left: float | None = None) -> None:
        self.left.append(seconds_left)

    def metric(self, step: int, values: Mapping[str, float]) -> None:
        self.metrics.append((step, dict(values)))

    def log(self, text: str) -> None:
        self.logs.append(text)

    def warn(self, sentence: str) -> None:
        self.warnings.append(sentence)

    def checkpoint(self, step: int, folder: Path, validation_loss: float | None) -> None:
        assert (folder / "state.pt").exists()
        self.checkpoints.append((step, folder, validation_loss))

    def stop_requested(self) -> bool:
        return self.stop(self)

    def curve(self, name: str = "loss") -> list[tuple[int, float]]:
        return [(step, values[name]) for step, values in self.metrics if name in values]


@pytest.fixture
def reporter() -> ListReporter:
    return ListReporter()


@pytest.fixture
def new_reporter() -> type[ListReporter]:
    return ListReporter


def _config(architecture: str, **more: Any) -> Any:
    import transformers as tf

    ids = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "vocab_size": VOCABULARY}
    common = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 256,
    }
    makers: dict[str, Callable[[], Any]] = {
        "llama": lambda: tf.LlamaConfig(**ids, **common, **more),
        "qwen2": lambda: tf.Qwen2Config(**ids, **common, **more),
        "gemma": lambda: tf.GemmaConfig(**ids, **common, head_dim=8, **more),
        "gemma2": lambda: tf.Gemma2Config(
            **ids, **common, head_dim=8, final_logit_softcapping=2.0, **more
        ),
        "gpt2": lambda: tf.GPT2Config(
            **ids,
            n_embd=32,
            n_layer=2,
            n_head=4,
            n_positions=256,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            **more,
        ),
        "t5": lambda: tf.T5Config(
            **ids,
            d_model=32,
            d_kv=8,
            d_ff=64,
            num_layers=2,
            num_heads=4,
            decoder_start_token_id=0,
            dropout_rate=0.0,
            **more,
        ),
        "bart": lambda: tf.BartConfig(
            **ids,
            d_model=32,
            encoder_layers=2,
            decoder_layers=2,
            encoder_attention_heads=4,
            decoder_attention_heads=4,
            encoder_ffn_dim=64,
            decoder_ffn_dim=64,
            max_position_embeddings=256,
            decoder_start_token_id=2,
            dropout=0.0,
            **more,
        ),
    }
    return makers[architecture]()


@pytest.fixture
def make_model() -> Callable[..., Any]:
    """make_model("llama", **config) -> a model with random weights, in eval mode."""

    def make(architecture: str, seed: int = 0, **more: Any) -> Any:
        import torch
        import transformers as tf

        torch.manual_seed(seed)
        config = _config(architecture, **more)
        pairs = architecture in ("t5", "bart")
        kind = tf.AutoModelForSeq2SeqLM if pairs else tf.AutoModelForCausalLM
        return kind.from_config(config).float().eval()

    return make


@pytest.fixture
def tokenizer() -> Any:
    """One token a printable character; no chat template."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {token: i for i, token in enumerate(SPECIAL + ALPHABET)}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    inner.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token="<s>", eos_token="</s>", pad_token="<pad>"
    )


@pytest.fixture
def make_folder(tmp_path: Path, make_model: Any, tokenizer: Any) -> Callable[..., Path]:
    """make_folder("llama") -> a model folder as a person would have it on the disk."""

    def make(architecture: str, **more: Any) -> Path:
        folder = tmp_path / f"model-{architecture}"
        if not folder.exists():
            model = make_model(architecture, **more)
            model.save_pretrained(folder)
            tokenizer.save_pretrained(folder)
        return folder

    return make


@pytest.fixture
def examples() -> list[Example]:
    """Upper case to lower case, of very unequal lengths."""
    chance = random.Random(1)
    rows = []
    for row in range(1, 49):
        text = "".join(chance.choice("ABCDEF ") for _ in range(chance.choice([3, 6, 12, 25])))
        rows.append(Example(text, (text.lower(),), row))
    return rows


OPTIONS: dict[str, dict[str, Any]] = {
    "lora": {"learning_rate": 5e-3, "rank": 4},
    "qlora": {"learning_rate": 5e-3, "rank": 4},
    "prompt-tuning": {"learning_rate": 0.1, "virtual_tokens": 6},
    "p-tuning": {"learning_rate": 0.01, "virtual_tokens": 6, "encoder_width": 16},
    "prefix-tuning": {"learning_rate": 0.1, "virtual_tokens": 6},
    "full": {"learning_rate": 1e-3},
}


@pytest.fixture
def make_plan(make_folder: Any, tmp_path: Path, examples: list[Example]) -> Callable[..., Any]:
    """make_plan("lora", "llama", folder="run", batch_size=8, ...) -> a plan over small data."""

    def make(
        name: str = "lora",
        architecture: str = "llama",
        folder: str = "run",
        more: dict[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        from jobs.methods import method, split
        from jobs.models.source import resolve
        from jobs.training.plan import TrainingPlan

        flat = {"epochs": 2.0, "batch_size": 8, "max_length": 128} | OPTIONS[name] | options
        training, own = split(method(name), flat)
        plan = TrainingPlan(
            info=resolve(str(make_folder(architecture))),
            method=name,
            training=training,
            method_options=own,
            seed=3,
            device="cpu",
            precision="4bit" if name == "qlora" else "float32",
            template="{prompt}",
            train=examples[:40],
            validation=examples[40:],
            folder=tmp_path / folder,
            compute="float32",
        )
        return replace(plan, **(more or {}))

    return make


@pytest.fixture
def weights_of() -> Callable[[Path], bytes]:
    """What a run or a checkpoint keeps of its weights, an adapter or a whole model."""

    def read(folder: Path) -> bytes:
        (file,) = folder.glob("*.safetensors")
        return file.read_bytes()

    return read

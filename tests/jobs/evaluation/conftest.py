"""Two-layer models with sharp random weights, adapters beside them, and plain generation."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from jobs.types import GenerationSettings, ModelInfo, Variant

END_IDS = (3, 7, 11)  # several, so that texts of random models end at different lengths
PAD_ID = 0
VOCABULARY = 64


class Words:
    """A tokenizer as far as completions need one: token 5 reads “5”."""

    def decode(self, ids, skip_special_tokens=True):
        return " ".join(str(one) for one in ids)


@dataclass
class Zoo:
    """One architecture: its base, adapters on the disk, and how to load them."""

    kind: str
    folder: Path
    info: ModelInfo
    loads: list = field(default_factory=list)  # precision of every base that was loaded
    changed: dict = field(default_factory=dict)  # of the generation config, on loading

    def clean(self):
        """The base as nobody has touched it."""
        import torch
        import transformers

        torch.manual_seed(0)
        shape = {"vocab_size": VOCABULARY, "pad_token_id": PAD_ID, "eos_token_id": END_IDS[0]}
        shape["tie_word_embeddings"] = False  # tied random ones repeat the last token for ever
        if self.kind == "llama":
            config = transformers.LlamaConfig(
                hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
                num_key_value_heads=2, max_position_embeddings=256, initializer_range=0.5,
                bos_token_id=1, **shape,
            )  # fmt: skip
            model = transformers.LlamaForCausalLM(config)
        elif self.kind == "gpt2":
            config = transformers.GPT2Config(
                n_embd=32, n_layer=2, n_head=4, n_positions=256, initializer_range=0.5,
                bos_token_id=1, **shape,
            )  # fmt: skip
            model = transformers.GPT2LMHeadModel(config)
        else:
            config = transformers.T5Config(
                d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, decoder_start_token_id=0,
                initializer_factor=4.0, **shape,
            )  # fmt: skip
            model = transformers.T5ForConditionalGeneration(config)
            for layer in model.modules():
                if isinstance(layer, torch.nn.Linear):
                    layer.weight.data.normal_(0.0, 0.4)
        return model.requires_grad_(False).eval()

    def load_base(self, info, precision, device, compute):
        self.loads.append(precision)
        model = self.clean()
        for name, value in self.changed.items():
            setattr(model.generation_config, name, value)
        return model

    def load_adapter(self, model, variant, name):
        from peft import PeftModel

        if isinstance(model, PeftModel):
            model.load_adapter(str(variant.adapter), name)
            return model
        return PeftModel.from_pretrained(model, str(variant.adapter), adapter_name=name)

    def variant(self, name, *, seed=1, scale=1.0, precision="float32"):
        """A variant by the start of its name: base, lora-, soft-, prefix- or zero-... ."""
        import peft
        import torch

        if name.startswith("base"):
            return Variant(name, precision)
        folder = self.folder / name
        task = "SEQ_2_SEQ_LM" if self.kind == "t5" else "CAUSAL_LM"
        model = self.clean()
        torch.manual_seed(seed)
        if name.startswith("soft"):
            config = peft.PromptTuningConfig(
                task_type=task, num_virtual_tokens=5, num_transformer_submodules=1
            )
            tuned = peft.get_peft_model(model, config)
            tuned.prompt_encoder["default"].embedding.weight.data.normal_(0.0, scale)
        elif name.startswith("prefix"):
            config = peft.PrefixTuningConfig(task_type=task, num_virtual_tokens=3)
            tuned = peft.get_peft_model(model, config)
            tuned.prompt_encoder["default"].embedding.weight.data.normal_(0.0, scale)
        else:
            config = peft.LoraConfig(
                task_type=task, r=4, lora_alpha=8, lora_dropout=0.3, target_modules="all-linear",
                init_lora_weights=name.startswith("zero"),
            )  # fmt: skip
            tuned = peft.get_peft_model(model, config)
        tuned.save_pretrained(str(folder))
        return Variant(name, precision, method="lora", adapter=folder)

    def plain(self, variant, prompts, new_tokens=24):
        """What transformers and peft answer to single prompts, one after another."""
        import torch
        from peft import PeftModel
        from transformers import GenerationConfig

        model = self.clean()
        if variant.adapter is not None:
            model = PeftModel.from_pretrained(model, str(variant.adapter)).eval()
        config = GenerationConfig(
            max_new_tokens=new_tokens, do_sample=False, eos_token_id=list(END_IDS),
            pad_token_id=PAD_ID, decoder_start_token_id=0,
        )  # fmt: skip
        answers = []
        for ids in prompts:
            inputs = torch.tensor([ids])
            with torch.no_grad():
                out = model.generate(
                    input_ids=inputs,
                    attention_mask=torch.ones_like(inputs),
                    generation_config=copy.deepcopy(config),
                )[0].tolist()
            new = out[1:] if self.kind == "t5" else out[len(ids) :]
            ended = bool(new) and new[-1] in END_IDS
            answers.append((tuple(new[:-1] if ended else new), not ended))
        return answers

    def loaded(self, *variants):
        """The base with these variants added."""
        from jobs.evaluation.base import LoadedBase

        base = LoadedBase(self.clean(), self.load_adapter)
        for variant in variants:
            base.add(variant)
        return base

    def answerer(self, *variants, **options):
        from jobs.evaluation.generate import Answerer

        made = Answerer(
            self.info,
            Words(),
            "cpu",
            load_base=self.load_base,
            load_adapter=self.load_adapter,
            **options,
        )
        for variant in variants:
            made.add(variant)
        return made

    def ask(self, answerer, variants, prompts, new_tokens=24, stop=lambda: False, **settings):
        """Every variant answers every prompt: {(variant, index): Completion}."""
        from jobs.evaluation.generate import Request

        requests = [Request(v, i, tuple(ids)) for i, ids in enumerate(prompts) for v in variants]
        found = {}

        def on_done(variant, index, completion):
            assert (variant, index) not in found
            found[variant, index] = completion

        wanted = GenerationSettings(new_tokens, "float32", "{prompt}", **settings)
        whole = answerer.answer(requests, wanted, END_IDS, PAD_ID, on_done, stop)
        return SimpleNamespace(found=found, whole=whole)


@pytest.fixture(params=["llama", "gpt2", "t5"])
def zoo(request, tmp_path):
    """Every architecture in turn."""
    return _zoo(request.param, tmp_path)


@pytest.fixture
def llama(tmp_path):
    return _zoo("llama", tmp_path)


@pytest.fixture
def rows_of():
    """`rows_of(base, variant's name, prompts)`: a row a prompt."""

    def make(base, name, prompts):
        from jobs.evaluation.batching import Row

        virtual = base.virtual_tokens(name)
        return [Row(name, index, tuple(ids), virtual) for index, ids in enumerate(prompts)]

    return make


@pytest.fixture
def prompts():
    """Twelve prompts of different lengths."""
    import random

    draw = random.Random(5)
    return [
        [draw.randrange(12, VOCABULARY) for _ in range(draw.randrange(1, 40))] for _ in range(12)
    ]


def _zoo(kind, folder):
    info = ModelInfo(
        spec=kind, title=kind, kind="encoder-decoder" if kind == "t5" else "causal",
        architecture=kind, parameters=1, layers=2, hidden=32, intermediate=64, heads=4, kv_heads=2,
        vocabulary=VOCABULARY, max_length=256, path=None,
    )  # fmt: skip
    return Zoo(kind, folder, info)


@pytest.fixture
def small():
    """`small("Qwen2")`: a causal model of any make, two layers, with norms that matter."""

    def make(name: str, **more):
        """A model of two layers whose norms have weights that matter."""
        import torch
        import transformers

        torch.manual_seed(0)
        config = getattr(transformers, f"{name}Config")(
            vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
            num_attention_heads=4, num_key_value_heads=2, head_dim=8, pad_token_id=0, **more,
        )  # fmt: skip
        model = getattr(transformers, f"{name}ForCausalLM")(config).eval()
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.data.uniform_(0.5, 1.5)
        return model

    return make

"""The base is the base, and the adapter is the adapter."""

from __future__ import annotations

import json

import pytest

from jobs.errors import ModelError, Unavailable
from jobs.types import Variant


def logits(base, rows):
    import torch

    from jobs.evaluation.streams import stream

    with torch.inference_mode():
        return stream(base, rows, 4, 0).read()


def test_base_rows_beside_adapters_equal_a_clean_base_bit_for_bit(zoo, prompts, rows_of):
    import torch

    plain = zoo.variant("base")
    alone = zoo.loaded(plain)
    crowded = zoo.loaded(plain, zoo.variant("lora-1"), zoo.variant("soft-1", seed=2))
    assert torch.equal(
        logits(alone, rows_of(alone, "base", prompts)),
        logits(crowded, rows_of(crowded, "base", prompts)),
    )
    # The same rows again, with rows of adapters around them.
    several = [
        row for name in ("base", "lora-1", "soft-1") for row in rows_of(crowded, name, prompts)
    ]
    mixed = logits(crowded, several)
    torch.testing.assert_close(
        mixed[: len(prompts)], logits(alone, rows_of(alone, "base", prompts)), rtol=1e-4, atol=1e-3
    )
    assert not torch.allclose(mixed[: len(prompts)], mixed[len(prompts) : 2 * len(prompts)])
    assert not torch.allclose(mixed[: len(prompts)], mixed[2 * len(prompts) :])


def test_another_soft_prompt_gives_other_logits(llama, prompts, rows_of):
    """Trap 16."""
    import torch

    base = llama.loaded(llama.variant("soft-1", seed=1), llama.variant("soft-2", seed=2))
    first, second = (logits(base, rows_of(base, n, prompts)) for n in ("soft-1", "soft-2"))
    assert not torch.allclose(first, second)


def test_loading_an_adapter_leaves_no_dropout_on(llama, prompts, rows_of):
    """Trap 12: the adapters here have a dropout of 0.3."""
    import torch

    base = llama.loaded(llama.variant("lora-1"))
    assert not any(module.training for module in base.model.modules())
    row = rows_of(base, "lora-1", prompts)
    assert torch.equal(logits(base, row), logits(base, row))


def test_a_method_that_cannot_be_mixed_is_refused(llama, tmp_path):
    (tmp_path / "adapter_config.json").write_text(json.dumps({"peft_type": "IA3"}))
    with pytest.raises(Unavailable, match="cannot be compared"):
        llama.loaded(Variant("other", "float32", "ia3", tmp_path))


def test_an_adapter_that_cannot_be_read_says_so(llama, tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        llama.loaded(Variant("gone", "float32", "lora", tmp_path / "gone"))

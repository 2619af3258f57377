"""A base with its tokenizer for each method and family."""

from __future__ import annotations

import pytest

FAMILIES = ("llama", "qwen2", "gpt2", "t5")


@pytest.fixture
def base(tiny):
    """`base(method, "gpt2")`: model (float32 or 4-bit), tokenizer and info, loaded anew."""
    from jobs.models.load import load_base
    from jobs.models.source import resolve
    from jobs.models.tokenizer import load_tokenizer

    def make(method, family="llama", precision="float32"):
        info = resolve(str(tiny(family)))
        chosen = method.precision_of_base or precision
        model = load_base(info, chosen, "cpu", compute="float32")
        return model, load_tokenizer(info), info

    return make


@pytest.fixture
def rows():
    """Inputs for a forward pass with labels, the same each time."""
    import torch

    ids = torch.randint(5, 261, (2, 9), generator=torch.Generator().manual_seed(1))
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": ids}


@pytest.fixture
def train(rows):
    """`train(model, steps)`: a few steps of SGD, all that a test needs of training."""
    import torch

    def run(model, steps=2, rate=0.5):
        weights = [p for p in model.parameters() if p.requires_grad]
        optimizer = torch.optim.SGD(weights, lr=rate)
        model.train()
        for _ in range(steps):
            _loss(model, rows).backward()
            optimizer.step()
            optimizer.zero_grad()
        model.eval()

    return run


def _loss(model, rows):
    import torch

    logits = model(**rows).logits[:, -rows["labels"].shape[1] :]
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), rows["labels"].flatten())

"""The loss at label positions equals the model's own over all logits."""

from __future__ import annotations

from typing import Any

import pytest
from ways import TRAINING_WAYS, going

from jobs.training import loss as loss_module
from jobs.training import sizes
from jobs.training.batches import Batch, Collator
from jobs.training.encode import Encoded

ROWS = [
    Encoded((1, 5, 6, 7, 8, 9), (10, 11, 2), 1),
    Encoded((1, 12), (13, 14, 15, 16, 2), 2),
    Encoded((1, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30), (31, 2), 3),
]


def reference(model: Any, rows: list[Encoded], start: int | None) -> Any:
    """The sum of every row's loss by itself, unpadded, from full logits and plain labels."""
    import torch
    from torch.nn import functional as F

    total = torch.zeros(())
    for row in rows:
        if start is None:
            ids = torch.tensor([[*row.prompt_ids, *row.completion_ids]])
            logits = model(input_ids=ids).logits[0]
            logits = logits[-len(row.completion_ids) - 1 : -1]
        else:
            decoder = torch.tensor([[start, *row.completion_ids[:-1]]])
            prompt = torch.tensor([list(row.prompt_ids)])
            logits = model(input_ids=prompt, decoder_input_ids=decoder).logits[0]
        total = total + F.cross_entropy(
            logits.float(), torch.tensor(row.completion_ids), reduction="sum"
        )
    return total


CASES = ["llama", "qwen2", "gemma", "gemma2", "gpt2", "t5", "bart"]


def start_of(architecture: str) -> int | None:
    return {"t5": 0, "bart": 2}.get(architecture)


def collated(architecture: str, **more: Any) -> Batch:
    return Collator(0, "cpu", decoder_start=start_of(architecture), **more)(ROWS)


@pytest.mark.parametrize("architecture", CASES)
@pytest.mark.parametrize("chunk", [2**24, 200])
def test_loss_and_gradient_equal_full_logits(
    make_model: Any, architecture: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr(loss_module, "CHUNK", chunk)
    monkeypatch.setattr(loss_module, "LEAST_ROWS", 1)
    model = make_model(architecture)
    early = ("norm.weight", "ln_1.weight", "q_proj.weight")
    weight = next(p for n, p in model.named_parameters() if n.endswith(early))
    model.requires_grad_(False)
    weight.requires_grad_(True)
    batch = collated(architecture)
    loss = loss_module.LabelLoss(model, batch)
    assert loss.direct
    mine = loss(batch)
    mine.backward()
    gradient, weight.grad = weight.grad.clone(), None
    theirs = reference(model, ROWS, start_of(architecture))
    theirs.backward()
    torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(gradient, weight.grad, rtol=1e-4, atol=1e-5)
    assert gradient.abs().sum() > 0


def test_soft_cap_is_noticed(make_model: Any) -> None:
    model = make_model("gemma2")
    model.get_output_embeddings().weight.data *= 20  # tied: the logits reach the cap
    batch = collated("gemma2")
    assert loss_module.LabelLoss(model, batch).cap == 2.0
    assert loss_module.LabelLoss(make_model("gemma"), batch).cap is None


def test_unknown_finish_falls_back_to_the_models_own_code(make_model: Any) -> None:
    import torch

    model = make_model("llama")
    forward = model.forward

    def scaled(*args: Any, **kwargs: Any) -> Any:
        out = forward(*args, **kwargs)
        out.logits = out.logits / 3 + 0.5 * out.logits.square()
        return out

    model.forward = scaled
    batch = collated("llama")
    loss = loss_module.LabelLoss(model, batch)
    assert not loss.direct
    torch.testing.assert_close(loss(batch), reference(model, ROWS, None), rtol=1e-5, atol=1e-5)


def test_trained_head_takes_part(make_model: Any) -> None:
    import torch

    model = make_model("llama")
    batch = collated("llama")
    loss = loss_module.LabelLoss(model, batch)
    head = model.get_output_embeddings().weight
    loss(batch).backward()
    mine, head.grad = head.grad.clone(), None
    reference(model, ROWS, None).backward()
    torch.testing.assert_close(mine, head.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "qwen2", "gemma2"])
def test_right_padding_needs_no_mask(make_model: Any, architecture: str) -> None:
    import torch

    model = make_model(architecture)
    plain, masked = collated(architecture), collated(architecture, masked=True)
    assert plain.attention_mask is None
    assert masked.attention_mask is not None
    loss = loss_module.LabelLoss(model, plain)
    torch.testing.assert_close(loss(plain), loss(masked), rtol=1e-5, atol=1e-5)


def test_padding_is_told_by_length_not_by_id(make_model: Any) -> None:
    """Trap 1: a model that pads with its end token still learns to end."""
    batch = Collator(2, "cpu")(ROWS)
    ends = (batch.targets == 2).sum()
    assert ends == len(ROWS)
    assert len(batch.targets) == sum(len(row.completion_ids) for row in ROWS)


def test_encoder_decoder_masks_its_padding(make_model: Any) -> None:
    batch = collated("t5")
    assert batch.attention_mask is not None
    assert batch.attention_mask.sum(1).tolist() == [len(row.prompt_ids) for row in ROWS]


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "t5"])
def test_soft_prompt_is_aligned_from_the_right(make_model: Any, architecture: str) -> None:
    """Trap 17: with a soft prompt in front the hidden states are longer than the tokens."""
    import torch
    from peft import PromptTuningConfig, get_peft_model

    model = make_model(architecture)
    task = "SEQ_2_SEQ_LM" if architecture == "t5" else "CAUSAL_LM"
    config = PromptTuningConfig(
        task_type=task,
        num_virtual_tokens=5,
        prompt_tuning_init="SAMPLE_VOCAB",
        num_transformer_submodules=1,  # peft's default for T5 makes a second half nobody reads
    )
    tuned = get_peft_model(model, config).eval()
    start = start_of(architecture)
    batch = Collator(0, "cpu", 5, start)(ROWS)
    if start is None:
        assert (batch.width + 5) % 16 == 0
    mine = loss_module.LabelLoss(tuned, batch)(batch)
    # By hand: soft prompt, then the tokens of one row, as embeddings through the bare model.
    soft = tuned.get_prompt(1)[:, :5]
    embed = model.get_input_embeddings()

    class Prefixed:
        def __call__(self, input_ids: Any, **more: Any) -> Any:
            inputs = torch.cat([soft, embed(input_ids)], dim=1)
            return model(inputs_embeds=inputs, **more)

    theirs = reference(Prefixed(), ROWS, start)
    torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-5)
    mine.backward()
    gradient = tuned.prompt_encoder["default"].embedding.weight.grad
    assert gradient is not None
    assert (gradient.abs().sum(1) > 0).all()


@pytest.mark.parametrize("way", TRAINING_WAYS)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize(("rows", "words"), [(1, 5), (3, 17), (7, 1000), (9, 4099)])
def test_logits_become_their_gradients(way: str, dtype: str, rows: int, words: int) -> None:
    import torch

    torch.manual_seed(0)
    logits = (torch.randn(rows, words) * 8).to(getattr(torch, dtype))
    targets = torch.randint(words, (2 * rows,))[::2]
    logits[0, :3] = torch.tensor([95.0, -95.0, -torch.inf])  # as good as sure, and sure not
    targets[0] = 0
    exact = logits.double().requires_grad_()
    truth = torch.nn.functional.cross_entropy(exact, targets, reduction="sum")
    truth.backward()
    with going(way):
        loss = loss_module._to_slopes(logits, targets, None)
    assert loss.dtype == torch.float32
    assert float(loss) == pytest.approx(float(truth), rel=1e-5)
    bound = {"rtol": 1e-5, "atol": 1e-9} if dtype == "float32" else {"rtol": 0.004, "atol": 1e-9}
    torch.testing.assert_close(logits.double(), exact.grad, **bound)


@pytest.mark.parametrize("way", TRAINING_WAYS)
@pytest.mark.parametrize("place", [0, 30])
def test_a_logit_that_is_no_number_is_not_lost(way: str, place: int) -> None:
    import torch

    logits = torch.randn(2, 31)
    logits[1, place] = torch.nan
    with going(way):
        assert loss_module._to_slopes(logits, torch.tensor([3, 4]), None).isnan()


def test_rows_at_a_time_are_of_these_sizes() -> None:
    for vocabulary in range(500, 500_000, 500):
        rows = loss_module._chunk_rows(vocabulary)
        assert rows == sizes.like_others(rows) <= max(32, 2**24 // vocabulary)


def test_the_loss_asks_for_these_sizes(make_model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    linear = loss_module.F.linear

    def watched(rows: Any, *rest: Any) -> Any:
        seen.append(len(rows))
        return linear(rows, *rest)

    batch = collated("llama")
    loss = loss_module.LabelLoss(make_model("llama").requires_grad_(False), batch)
    monkeypatch.setattr(loss_module.F, "linear", watched)
    loss(batch)
    assert seen[-1] == sizes.like_others(len(batch.targets)) > len(batch.targets)

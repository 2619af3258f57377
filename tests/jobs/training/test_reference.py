"""The engine against a plain PEFT loop, against golden losses, and against its own generation."""

from __future__ import annotations

from typing import Any

import pytest
from ways import TRAINING_WAYS, going

from jobs.training import loop
from jobs.training.setup import set_up

# Losses of steps 1, 10 and 20 of the test below; they change when the data order, the layout of a
# row, the start of an adapter or the arithmetic of a step does. One thread, float32.
GOLDEN = {
    ("lora", "llama"): (4.609255, 4.397634, 4.402526),
    ("lora", "t5"): (5.004430, 3.408910, 3.355451),
    ("qlora", "llama"): (4.603483, 4.397021, 4.384990),
    ("qlora", "t5"): (5.074142, 3.429321, 3.313839),
    ("prompt-tuning", "llama"): (4.612022, 4.523689, 4.519310),
    ("prompt-tuning", "t5"): (5.146959, 4.749488, 4.817479),
    ("p-tuning", "llama"): (4.612022, 4.520143, 4.516246),
    ("p-tuning", "t5"): (5.146959, 4.724911, 4.792590),
    ("prefix-tuning", "llama"): (4.612022, 4.480068, 4.465668),
    ("prefix-tuning", "gpt2"): (4.572924, 4.508897, 4.497531),
    ("full", "llama"): (4.609255, 4.114181, 3.951703),
    ("full", "gpt2"): (4.589147, 4.067424, 3.920760),
    ("full", "t5"): (5.004430, 3.979379, 3.897410),
}


def plain_peft_losses(plan: Any, reporter: Any, steps: int, cast: bool) -> list[float]:
    """What everybody writes: labels with -100, a mask, all logits, the mean, AdamW.

    Takes data order and model from the engine; everything after that is its own.
    """
    import torch
    from torch.nn import functional as F

    training = set_up(plan, reporter)
    model, options, device = training.model, plan.training, "cpu"
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    chosen = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(chosen, lr=1.0, weight_decay=options.weight_decay)
    losses = []
    for step in range(steps):
        rows = [training.rows[i] for batch in training.window(step) for i in batch]
        width = max(len(r.prompt_ids) + len(r.completion_ids) for r in rows)
        ids = torch.zeros(len(rows), width, dtype=torch.long)
        mask, labels = torch.zeros_like(ids), torch.full_like(ids, -100)
        for i, row in enumerate(rows):
            whole = [*row.prompt_ids, *row.completion_ids]
            ids[i, : len(whole)] = torch.tensor(whole)
            mask[i, : len(whole)] = 1
            labels[i, len(row.prompt_ids) : len(whole)] = torch.tensor(row.completion_ids)
        with torch.autocast(device, torch.bfloat16, enabled=cast):
            logits = model(input_ids=ids, attention_mask=mask).logits[:, -width:]
        loss = F.cross_entropy(
            logits[:, :-1].reshape(-1, logits.shape[-1]).float(), labels[:, 1:].reshape(-1)
        )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(chosen, options.max_grad_norm)
        for group in optimizer.param_groups:
            group["lr"] = loop.schedule.learning_rate(
                step + 1, training.steps, options.learning_rate, options.warmup_share,
                options.schedule,
            )  # fmt: skip
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss))
    return losses


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        ("lora", "float32"),
        ("lora", "bfloat16"),
        ("prompt-tuning", "float32"),
        ("p-tuning", "float32"),
        ("prefix-tuning", "float32"),
        ("full", "float32"),
    ],
)
def test_forty_steps_agree_with_plain_peft(
    make_plan: Any, reporter: Any, new_reporter: Any, name: str, precision: Any
) -> None:
    more = {"precision": precision, "validation": []}
    plan = make_plan(name, epochs=8.0, more=more)
    loop.train(plan, reporter)
    mine = [loss for _, loss in reporter.curve()]
    theirs = plain_peft_losses(plan, new_reporter(), 40, precision == "bfloat16")
    assert len(mine) == 40
    assert mine == pytest.approx(theirs, rel=1e-2 if precision == "bfloat16" else 1e-4)
    assert mine[-1] < 0.99 * mine[0]


def test_a_whole_model_learns_in_bfloat16_what_it_learns_in_float32(
    make_plan: Any, new_reporter: Any
) -> None:
    """Trap 9: the weights that change are float32, only the products are not."""
    curves = []
    for precision in ("float32", "bfloat16"):
        reporter = new_reporter()
        more = {"precision": precision, "validation": []}
        loop.train(make_plan("full", epochs=8.0, folder=precision, more=more), reporter)
        curves.append([loss for _, loss in reporter.curve()])
    assert len(curves[0]) == 40
    assert curves[1] == pytest.approx(curves[0], rel=1e-2)


@pytest.mark.parametrize(("name", "architecture"), GOLDEN)
def test_golden_losses(make_plan: Any, reporter: Any, name: str, architecture: str) -> None:
    loop.train(make_plan(name, architecture, epochs=4.0, more={"validation": []}), reporter)
    curve = dict(reporter.curve())
    found = (curve[1], curve[10], curve[20])
    assert found == pytest.approx(GOLDEN[name, architecture], rel=1e-3)


@pytest.mark.skipif("compiled" not in TRAINING_WAYS, reason="golden losses go that way anyway")
@pytest.mark.parametrize("name", ["lora", "qlora", "prompt-tuning"])
def test_without_compiled_code_they_are_the_same(make_plan: Any, reporter: Any, name: str) -> None:
    with going("plain"):
        test_golden_losses(make_plan, reporter, name, "llama")


@pytest.mark.parametrize(
    ("architecture", "targets"),
    [("llama", ()), ("gpt2", ()), ("gpt2", ("c_attn",)), ("t5", ("q", "v"))],
)
def test_a_validation_does_not_change_four_bit_gradients(
    make_plan: Any, reporter: Any, architecture: str, targets: tuple[str, ...]
) -> None:
    """Trap 34, with a model that has biases, and with layers that have no adapter: those are
    multiplied by the library's own code."""
    import torch

    from jobs.training.validation import validate

    more = {"compute": "bfloat16"}
    plan = make_plan("qlora", architecture, more=more, target_modules=targets)
    training = set_up(plan, reporter)
    with torch.no_grad():
        for master in training.weights.masters:
            master += 0.01  # or the gradient of every lora_A is zero
    training.weights.publish()
    window = training.window(0)

    def gradients() -> list[Any]:
        loop.gradients(training, window)
        found = [m.grad.clone() for m in training.weights.masters]
        training.weights.clear()
        return found

    before = gradients()
    validate(training)
    after = gradients()
    assert all(g.abs().sum() > 0 for g in before)
    for one, two in zip(before, after, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "t5"])
def test_generation_reads_the_layout_that_was_trained(
    make_plan: Any, reporter: Any, architecture: str
) -> None:
    """Traps 16 to 18: the soft prompt's own generate gives the logits that training saw."""
    import torch

    training = set_up(make_plan("prompt-tuning", architecture), reporter)
    model = training.model.eval()
    with torch.no_grad():
        for row in training.rows[:3]:
            seen = training.loss._own_logits(training.collate([row]))[0]
            ids = torch.tensor([list(row.prompt_ids)])
            out = model.generate(
                input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=1,
                do_sample=False, output_logits=True, return_dict_in_generate=True,
            )  # fmt: skip
            torch.testing.assert_close(out.logits[0][0], seen, rtol=1e-4, atol=1e-5)


def test_trained_weights_are_float32_and_products_bfloat16(make_plan: Any, reporter: Any) -> None:
    """Trap 9: what the optimizer changes is float32, on the disk too."""
    import torch
    from safetensors.torch import load_file

    plan = make_plan(more={"precision": "bfloat16"})
    training = set_up(plan, reporter)
    assert {m.dtype for m in training.weights.masters} == {torch.float32}
    assert {p.dtype for p in training.weights.parameters} == {torch.bfloat16}
    loop.step(training)
    training.save_adapter(plan.folder / "adapter")
    saved = load_file(plan.folder / "adapter" / "adapter_model.safetensors")
    assert {t.dtype for t in saved.values()} == {torch.float32}
    name, master = next(iter(training.weights.state().items()))
    assert torch.equal(saved[name.replace(".default", "")], master)
    assert {p.dtype for p in training.weights.parameters} == {torch.bfloat16}


@pytest.mark.parametrize("name", ["prompt-tuning", "p-tuning", "prefix-tuning", "full"])
def test_no_method_updates_weights_in_half_precision(
    make_plan: Any, reporter: Any, name: str
) -> None:
    """Trap 9: a step far smaller than what bfloat16 tells apart is kept."""
    import torch

    training = set_up(make_plan(name, learning_rate=1e-6, more={"precision": "bfloat16"}), reporter)
    assert {p.dtype for p in training.model.parameters()} >= {torch.bfloat16}
    assert {m.dtype for m in training.weights.masters} == {torch.float32}
    with torch.no_grad():
        for master in training.weights.masters:
            master += 1.0
    training.weights.publish()
    before = [m.clone() for m in training.weights.masters]
    loop.step(training)
    pairs = zip(before, training.weights.masters, strict=True)
    assert any((now != then).any() for then, now in pairs)

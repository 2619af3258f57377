"""Negative log-likelihood of the labels, with vocabulary logits at label positions only.

A hook in front of the output embeddings takes the hidden states of the label positions and hands
the model an empty slice, so the model's own forward runs for every architecture and method while
no logit is computed where nobody asks. The logits then come in chunks: memory is bounded by
`CHUNK`, not by vocabulary times length. What a model does to its logits afterwards (Gemma's soft
cap, say) is found by asking it once; where it is nothing known, its own code runs on the picked
positions. Hidden states are aligned from the right: a soft prompt makes them longer in front.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from jobs.training import compiled, sizes
from jobs.training.batches import Batch
from jobs.training.compiled import told
from jobs.training.packed import Stack, stack
from jobs.training.shared_prompt import SharedPrompt, alike, find, is_prompted

# Logits that exist at one time: 32 MiB in bfloat16.
CHUNK = 2**24
CACHED = 2**18  # numbers in float32 that a pass of the loss goes over at a time: 1 MiB
LEAST_ROWS = 32  # a product over fewer rows at a time is slow, however large the vocabulary


class LabelLoss:
    """Summed loss of a batch; made once for a model, with any batch that is at hand."""

    def __init__(self, model: nn.Module, example: Batch) -> None:
        self.model = model
        base: Any = getattr(model, "get_base_model", lambda: model)()
        self.head: Any = base.get_output_embeddings()
        self.cap: float | None = None
        self.direct = False
        self.shared: SharedPrompt | None = None
        self.packed: Stack | None = None
        self._settle(getattr(base.config, "final_logit_softcapping", None), example)

    def __call__(self, batch: Batch) -> Tensor:
        """Sum over all label tokens, float32; divide by the labels of the whole step."""
        if not self.direct:
            logits = self._own_logits(batch)
            return F.cross_entropy(logits.float(), batch.targets, reduction="sum")
        hidden = self._hidden(batch)
        if self._frozen():
            bias = getattr(self.head, "bias", None)
            return _FrozenHead.apply(hidden, self.head.weight, bias, batch.targets, self.cap)
        return self._chunked(hidden, batch.targets)

    def _settle(self, cap: float | None, batch: Batch) -> None:
        """Find out whether the logits are the head's product and, at most, a known cap."""
        training = self.model.training
        self.model.eval()
        with torch.no_grad():
            own = self._own_logits(batch).float()
            hidden = self._hidden(batch)
            plain = self.head(hidden).float()
            shared = find(self.model)
            if shared is not None and shared.serves(batch) and alike(shared.hidden(batch), hidden):
                self.shared = shared
            packed = None if is_prompted(self.model) else stack(self.model)
            if packed is not None and packed.packs and packed.serves(batch):
                self.packed = packed if alike(packed.hidden(batch), hidden) else None
        self.model.train(training)
        answers: dict[float | None, Tensor] = {None: plain}
        if cap is not None:
            answers[cap] = cap * torch.tanh(plain / cap)
        # The nearest one: small logits are hardly touched by a cap, but their slope is.
        self.cap = min(answers, key=lambda name: float((answers[name] - own).abs().max()))
        self.direct = torch.allclose(answers[self.cap], own, rtol=2e-2, atol=1e-3)

    def _frozen(self) -> bool:
        return type(self.head) is nn.Linear and not self.head.weight.requires_grad

    def _hidden(self, batch: Batch) -> Tensor:
        """Hidden states at the label positions, [labels, hidden]."""
        if self.shared is not None and self.shared.serves(batch):
            return self.shared.hidden(batch)
        if self.packed is not None and self.packed.serves(batch):
            return self.packed.hidden(batch)
        picked: list[Tensor] = []

        def take(_: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
            picked.append(_pick(args[0], batch))
            return (args[0][:, :0], *args[1:])

        with _before(self.head, take):
            self.model(**batch.inputs, use_cache=False)
        return picked[0]

    def _own_logits(self, batch: Batch) -> Tensor:
        """The model's own logits at the label positions, [labels, vocabulary]."""

        def narrow(_: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
            return (_pick(args[0], batch)[None], *args[1:])

        with _before(self.head, narrow):
            return self.model(**batch.inputs, use_cache=False).logits[0]

    def _chunked(self, hidden: Tensor, targets: Tensor) -> Tensor:
        """For a head that is trained or wrapped: each chunk's logits are made again backwards."""

        def one(hidden: Tensor, targets: Tensor) -> Tensor:
            logits = self.head(hidden).float()
            if self.cap is not None:
                logits = self.cap * torch.tanh(logits / self.cap)
            return F.cross_entropy(logits, targets, reduction="sum")

        rows = _chunk_rows(int(self.head.weight.shape[0]))
        parts = [
            checkpoint(one, h, t, use_reentrant=False)
            for h, t in zip(hidden.split(rows), targets.split(rows), strict=True)
        ]
        return torch.stack(parts).sum()


class _FrozenHead(torch.autograd.Function):
    """Loss over a head that is not trained: the gradient is made with the logits still there.

    With p the softmax, d loss / d logits = p - onehot(target); under a cap c·tanh(z/c) times
    1 - tanh²(z/c).
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        targets: Tensor,
        cap: float | None,
    ) -> Tensor:
        total = hidden.new_zeros((), dtype=torch.float32)
        gradient = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
        rows = _chunk_rows(weight.shape[0])
        for start in range(0, len(hidden), rows):
            part = slice(start, start + rows)
            some = hidden[part].to(weight.dtype)
            count = len(some)
            if some.device.type == "cpu":
                some = F.pad(some, (0, 0, 0, sizes.like_others(count) - count))
            logits = F.linear(some, weight, bias)
            total += _to_slopes(logits[:count], targets[part], cap)
            if gradient is not None:
                gradient[part] = (logits @ weight)[:count].to(hidden.dtype)
        if gradient is not None:
            ctx.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * grad.to(gradient.dtype), None, None, None, None


def _to_slopes(logits: Tensor, targets: Tensor, cap: float | None) -> Tensor:
    """The summed loss of these rows; their gradients are written over the logits themselves.

    Some rows at a time in float32, in one place that stays in the processor's cache: the exponents,
    their sum and the gradient are made of numbers that are still at hand.
    """
    if cap is None and (passes := compiled.passes_over(logits)) is not None:
        return _by_pass(passes, logits, targets)
    total = logits.new_zeros((), dtype=torch.float32)
    rows = max(1, CACHED // logits.shape[1]) if logits.device.type == "cpu" else len(logits)
    room = logits.new_empty((rows, logits.shape[1]), dtype=torch.float32)
    for part, target in zip(logits.split(rows), targets.split(rows), strict=True):
        of = room[: len(part)].copy_(part)
        slope = None
        if cap is not None:
            slope = torch.tanh(of.div_(cap))
            torch.mul(slope, cap, out=of)
        chosen = of.gather(1, target[:, None])
        most = of.amax(1, keepdim=True)
        whole = of.sub_(most).exp_().sum(1, keepdim=True)
        losses = whole.log().add_(most.sub_(chosen))
        total += losses.sum()
        of.div_(whole).scatter_(1, target[:, None], torch.expm1(-losses))
        if slope is not None:
            of.mul_(1 - slope.square_())
        part.copy_(of)
    return total


def _by_pass(passes: compiled.Passes, logits: Tensor, targets: Tensor) -> Tensor:
    """`_to_slopes` in compiled code: one row after another, each in the processor's cache."""
    targets, losses = targets.contiguous(), logits.new_empty(len(logits), dtype=torch.float64)
    places = logits.data_ptr(), targets.data_ptr(), losses.data_ptr()
    passes.take(told.Pass.SLOPES, logits, told.Slopes(*logits.shape, *places))
    return losses.sum().float()


def _chunk_rows(vocabulary: int) -> int:
    rows = max(LEAST_ROWS, CHUNK // vocabulary)
    return max(LEAST_ROWS, rows - rows % sizes.step(rows))


def _pick(hidden: Tensor, batch: Batch) -> Tensor:
    ahead = hidden.shape[1] - batch.width  # the soft prompt, where one stands in front
    return hidden[batch.rows, batch.columns + ahead]


@contextmanager
def _before(module: nn.Module, hook: Any) -> Iterator[None]:
    handle = module.register_forward_pre_hook(hook)
    try:
        yield
    finally:
        handle.remove()

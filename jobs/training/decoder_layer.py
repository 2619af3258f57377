"""A whole decoder layer of the Llama kind, with its LoRA, as one step of the graph.

Written out operation by operation, a layer is some sixty nodes forwards and backwards: a third of
the time of a small batch goes into calling them and into passes over the hidden states that a
later pass could have made on its way. Here residual sums are added in place, adapters that read the
same input are multiplied together, positions are turned by a matrix product, and what the way back
needs is kept once. Which layers are of this kind is found by asking them; all others, and calls
with a mask, a cache or longer rows, take the model's own way.

Where there are compiled passes, `compiled/layer.py` does the same by these; what is written here in
torch's operations is for all other machines, and for a soft prompt beside adapters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from jobs.training import attention, compiled, llama, low_rank, norms, turning
from jobs.training.compiled import heads as compiled_heads
from jobs.training.compiled.layer import CompiledLayer
from jobs.training.heads import Heads, Spread
from jobs.training.projections import Group, Low, Pair, stackable

LIKE = 0.02  # of the largest number that a layer adds: bfloat16 rounds to 0.004 of each


def fuse(model: nn.Module) -> int:
    """Let every layer that is such a one take this way; how many do."""
    turns = turning.Turns()
    count = 0
    for module in model.modules():
        if _looks_alike(module):
            layer = Layer(module, turns)
            if _answers_alike(module, layer):
                module.forward = partial(_forward, layer)
                count += 1
    return count


def fused(module: Any) -> Layer | None:
    """The layer that `fuse` made of a module; None where it left it alone."""
    forward = getattr(module, "forward", None)
    if isinstance(forward, partial) and forward.func is _forward:
        layer: Layer = forward.args[0]
        return layer
    return None


def _looks_alike(module: Any) -> bool:
    if not llama.has_parts(module):
        return False
    linears = llama.linears(module)
    scalings = {low_rank.scaling_of(layer) for layer in linears} - {None}
    dropouts = {low_rank.dropout_of(layer) for layer in linears} - {None}
    return (
        all(low_rank.frozen(layer) for layer in linears)
        and len(scalings) <= 1
        and len(dropouts) <= 1
        and stackable([low_rank.base_of(layer) for layer in linears[:3]])
        and norms.plain(module.input_layernorm)
        and norms.plain(module.post_attention_layernorm)
    )


def _answers_alike(module: Any, layer: Layer) -> bool:
    """Whether this way adds to random numbers what the module's own adds to them.

    The numbers are small, so that what a layer adds is not lost beside its input; norms look at
    directions only.
    """
    like = module.input_layernorm.weight
    chance = torch.Generator().manual_seed(0)
    x = torch.randn((2, 5, like.shape[0]), generator=chance).mul_(0.02).to(like.dtype)
    angle = torch.randn((1, 5, layer.size // 2), generator=chance).repeat(1, 1, 2)
    turn = angle.cos().to(like.dtype), angle.sin().to(like.dtype)
    with torch.no_grad(), _without_dropout(module):
        try:
            own = type(module).forward(module, x, attention_mask=None, position_embeddings=turn)
        except (TypeError, ValueError, RuntimeError):
            return False  # called in another way
        if not isinstance(own, Tensor) or own.shape != x.shape:
            return False
        mine = layer(x.view(10, -1), *turn, Spread(2)).view(x.shape)
    added = (own - x).float()
    return float((mine - own).abs().max()) <= LIKE * float(added.abs().max())


@contextmanager
def _without_dropout(module: nn.Module) -> Iterator[None]:
    """Eval mode while this lasts; adapters that were just added are in train mode."""
    training = [part for part in module.modules() if part.training]
    module.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


class Layer:
    """The parts of one decoder layer."""

    def __init__(self, module: Any, turns: turning.Turns) -> None:
        linears = llama.linears(module)
        self.module, self.turns, self.linears = module, turns, linears
        self.has_adapters = any(low_rank.scaling_of(layer) is not None for layer in linears)
        self.adapted = [low_rank.matrices(layer) for layer in linears]
        bases = [low_rank.base_of(layer) for layer in linears]
        outputs = [base.out_features for base in bases]
        scaling = next((s for x in linears if (s := low_rank.scaling_of(x)) is not None), 1.0)
        dropout = next((d for x in linears if (d := low_rank.dropout_of(x)) is not None), 0.0)
        self.qkv = Group([bases[:3]], outputs[:3], scaling, dropout)
        self.out = Group([bases[3:4]], outputs[3:4], scaling, dropout)
        # Not in one matrix: what follows goes over each number, and is slow over halves of rows.
        self.inner = Group([bases[4:5], bases[5:6]], outputs[4:6], scaling, dropout)
        self.down = Group([bases[6:]], outputs[6:], scaling, dropout)
        self.size = module.self_attn.head_dim
        self.heads = Heads(
            self.size,
            outputs[0] // self.size,
            outputs[1] // self.size,
            float(module.self_attn.scaling),
        )
        self.norms = module.input_layernorm, module.post_attention_layernorm
        self.compiled: CompiledLayer | None = None
        if (passes := compiled.passes_over(self.norms[0].weight)) is not None:
            groups = self.qkv, self.out, self.inner, self.down
            self.compiled = CompiledLayer(passes, groups, self.adapted, self.heads, self.norms)

    def adapters(self) -> list[Tensor | None]:
        """A and B of each linear layer in turn; None where it has none."""
        return [m and m.weight for pair in self.adapted for m in pair]

    @property
    def longest(self) -> int:
        """Tokens of a row, those that every row begins with left out, up to which this way is the
        faster one."""
        return attention.LONGEST if self.compiled is None else compiled_heads.LONGEST

    @property
    def learning(self) -> bool:
        """Whether dropout, where there is any, leaves something out."""
        return any(adapted.training for pair in self.adapted for adapted in pair if adapted)

    def __call__(self, x: Tensor, cos: Tensor, sin: Tensor, spread: Spread) -> Tensor:
        """The layer's output for `x` of [virtual + tokens of all rows, width]; `cos` and `sin` are
        [1, virtual + length of a row, size]. Places without a token are for compiled passes."""
        adapters = self.adapters()
        if self.compiled is not None and (not spread.virtual or not self.has_adapters):
            return self.compiled(x, (cos, sin), spread, self.learning, adapters)
        assert spread.places is None
        turn = self.turns.of(cos, sin)
        y: Tensor = _Layer.apply(x, turn, self, spread.rows, spread.virtual, *adapters)
        return y

    def serves(self, x: Tensor, turn: Any, mask: Any, cache: Any) -> bool:
        """Whether a call is one that this way is made for."""
        return (
            mask is None
            and cache is None
            and x.device.type == "cpu"
            and 1 < x.shape[1] <= self.longest
            and isinstance(turn, tuple)
            and turn[0].shape == (1, x.shape[1], self.size)
            and all(not low_rank.switched_off(layer) for layer in self.linears)
            and {x.dtype}
            == {w.dtype for w in (self.norms[0].weight, *self.adapters()) if w is not None}
        )


def _forward(layer: Layer, hidden_states: Tensor, *others: Any, **named: Any) -> Any:
    """As transformers calls a decoder layer: the hidden states, and all else by its name."""
    turn = named.get("position_embeddings")
    mask, cache = named.get("attention_mask"), named.get("past_key_values")
    if others or not layer.serves(hidden_states, turn, mask, cache):
        return type(layer.module).forward(layer.module, hidden_states, *others, **named)
    rows, _, width = hidden_states.shape
    cos, sin = named["position_embeddings"]
    y = layer(hidden_states.reshape(-1, width), cos, sin, Spread(rows))
    return y.view(hidden_states.shape)


class _Layer(torch.autograd.Function):
    """`x` is [virtual + rows x length, width]: the tokens of all rows behind one another, and in
    front of them, where there are any, tokens that every row begins with."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        turn: Tensor,
        layer: Layer,
        rows: int,
        virtual: int,
        *adapters: Tensor | None,
    ) -> Tensor:
        pairs, learning = _pairs(adapters), layer.learning
        read, r1 = norms.normed(x, layer.norms[0])
        (qkv,), low1 = layer.qkv.forward(read, pairs[:3], learning)
        mixed, looked = layer.heads.forward(qkv, turn, rows, virtual)
        (middle,), low2 = layer.out.forward(mixed, pairs[3:4], learning)
        middle.add_(x)
        read2, r2 = norms.normed(middle, layer.norms[1])
        (gate, up), low3 = layer.inner.forward(read2, pairs[4:6], learning)
        opened = nn.functional.silu(gate)
        (y,), low4 = layer.down.forward(opened * up, pairs[6:], learning)
        y.add_(middle)
        # What only an adapter's gradient asks for is not kept where there is none. Of the gate its
        # opening: the product with `up` is made again in half the time that the opening would take.
        inputs = zip((read, mixed, read2, opened), (low1, low2, low3, low4), strict=True)
        kept = [p for side, low in inputs for p in (None if low.h is None else side, *low)]
        ctx.layer, ctx.rows, ctx.virtual, ctx.looked = layer, rows, virtual, len(looked)
        ctx.save_for_backward(x, r1, middle, r2, gate, up, turn, *kept, *looked, *adapters)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        layer: Layer = ctx.layer
        x, r1, middle, r2, gate, up, turn, *rest = ctx.saved_tensors
        # Of each of the four groups: what its adapters read, h, the mask of dropout.
        read, mixed, read2, opened = rest[:12:3]
        low1, low2, low3, low4 = (Low(*rest[i : i + 2]) for i in (1, 4, 7, 10))
        looked, pairs = rest[12 : 12 + ctx.looked], _pairs(rest[12 + ctx.looked :])
        wanted = ctx.needs_input_grad[0]

        active = None if opened is None else opened * up
        of_active, of_down = layer.down.backward([g], active, low4, pairs[6:])
        of_up = of_active * (nn.functional.silu(gate) if opened is None else opened)
        of_gate = torch.ops.aten.silu_backward(of_active.mul_(up), gate)
        of_read2, of_inner = layer.inner.backward([of_gate, of_up], read2, low3, pairs[4:6])
        of_middle = norms.backward(of_read2, middle, r2, layer.norms[1].weight).add_(g)

        of_mixed, of_out = layer.out.backward([of_middle], mixed, low2, pairs[3:4])
        of_qkv = layer.heads.backward(of_mixed, looked, turn, ctx.rows, ctx.virtual)
        of_read, of_q = layer.qkv.backward([of_qkv], read, low1, pairs[:3], wanted)
        of_x = None
        if wanted:
            of_x = norms.backward(of_read, x, r1, layer.norms[0].weight).add_(of_middle)
        return of_x, None, None, None, None, *of_q, *of_out, *of_inner, *of_down


def _pairs(adapters: Sequence[Tensor | None]) -> list[Pair]:
    return list(zip(adapters[::2], adapters[1::2], strict=True))

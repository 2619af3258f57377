"""Causal attention over short rows on a processor, with a gradient of its own.

torch's kernel for processors is made for long sequences: its backward pass over rows of 48 tokens
takes five times as long as four plain batched products. Those stand here. Query heads that share
a key head are laid behind one another, so that keys and values are never repeated and their
gradients are summed by the product itself. Rows beyond `LONGEST` go to torch's kernel, whose
memory does not grow with the square of the length.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

NAME = "attune_short_rows"
LONGEST = (
    192  # tokens; beyond, torch's kernel is as fast (measured: 3 times slower at 128, equal at 256)
)


def use(model: Any) -> None:
    """Let a model that asks torch for its attention take this one; others stay as they are."""
    if getattr(model.config, "_attn_implementation", None) != "sdpa":
        return
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    model.set_attn_implementation(NAME)


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    is_causal: bool | None = None,
    **rest: Any,
) -> tuple[Tensor, None]:
    """Attention as transformers calls it: query [rows, heads, length, size], keys and values the
    same with as many heads or fewer; gives [rows, length, heads, size].
    """
    causal = is_causal if is_causal is not None else getattr(module, "is_causal", True)
    ours = (
        attention_mask is None
        and causal
        and not dropout
        and query.device.type == "cpu"
        and 1 < query.shape[2] == key.shape[2] <= LONGEST
        and query.shape[3] == value.shape[3]
        and not any(rest.get(odd) is not None for odd in ("softcap", "position_bias", "s_aux"))
    )
    if not ours:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        return sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout, scaling, is_causal, **rest
        )
    scale = scaling if scaling is not None else query.shape[3] ** -0.5
    return ShortRows.apply(query, key, value, scale).transpose(1, 2), None


class ShortRows(torch.autograd.Function):
    """softmax(scale q kᵀ) v with places to the right left out; softmax in float32."""

    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor, scale: float) -> Tensor:
        rows, heads, length, size = query.shape
        shared = key.shape[1]
        q = query.reshape(rows * shared, heads // shared * length, size)
        k, v = (side.reshape(rows * shared, length, size) for side in (key, value))
        seen, p = look(q, k, v, scale, length)
        ctx.save_for_backward(q, k, v, p)
        ctx.scale, ctx.shapes = scale, (query.shape, key.shape)
        return seen.view(query.shape)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        q, k, v, p = ctx.saved_tensors
        queries, keys = ctx.shapes
        grads = look_back(grad.reshape(q.shape), (q, k, v, p), ctx.scale, queries[2])
        of_q, of_k, of_v = grads
        return of_q.view(queries), of_k.view(keys), of_v.view(keys), None


Looked = tuple[Tensor, Tensor, Tensor, Tensor | None]  # q, k, v and the weights


def look(q: Tensor, k: Tensor, v: Tensor, scale: float, length: int) -> tuple[Tensor, Any]:
    """What each of `length` places sees, and the weights of it where they are worth keeping.

    `k` and `v` are [batch, length or more, size]: what is more stands in front and is seen by every
    place. `q` has the queries of all heads that share a key behind one another in its second
    dimension.
    """
    p = _weights(q, k, scale, length)
    keep = k.shape[1] <= q.shape[2]  # else they are larger than the query: made again backwards
    return torch.bmm(p, v), p if keep else None


def look_back(
    grad: Tensor, looked: Looked, scale: float, length: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of q, k and v from that of what was seen."""
    q, k, v, p = looked
    if p is None:
        p = _weights(q, k, scale, length)
    of_v = torch.bmm(p.transpose(1, 2), grad)
    of_p = torch.bmm(grad, v.transpose(1, 2))
    of_s = torch._softmax_backward_data(of_p, p, -1, p.dtype).mul_(scale)
    return torch.bmm(of_s, k), torch.bmm(of_s.transpose(1, 2), q), of_v


def _weights(q: Tensor, k: Tensor, scale: float, length: int) -> Tensor:
    """How much each place looks at each, [batch, queries, keys]."""
    keys = k.shape[1]
    ahead = torch.full((length, keys), -torch.inf, dtype=q.dtype, device=q.device)
    ahead = ahead.triu_(1 + keys - length).repeat(q.shape[1] // length, 1)
    scores = torch.baddbmm(ahead, q, k.transpose(1, 2), alpha=scale)
    return torch.softmax(scores, dim=-1)  # in float32 within the kernel, whatever goes in

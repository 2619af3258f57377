"""What a decoder layer of the Llama kind is made of.

Many families share it (Mistral, Qwen, SmolLM): a layer is known by its parts, not by its name.
"""

from __future__ import annotations

from typing import Any

_PARTS = {
    "": {"self_attn", "mlp", "input_layernorm", "post_attention_layernorm"},
    "self_attn": {"q_proj", "k_proj", "v_proj", "o_proj"},
    "mlp": {"gate_proj", "up_proj", "down_proj", "act_fn"},
}


def has_parts(module: Any) -> bool:
    """Whether a module is put together like such a layer, with causal attention."""
    for path, names in _PARTS.items():
        try:
            part = module.get_submodule(path)
        except AttributeError:
            return False
        if {name for name, _ in part.named_children()} != names:
            return False
    attention = module.self_attn
    causal = getattr(attention, "is_causal", False) is True
    return causal and isinstance(getattr(attention, "head_dim", None), int)


def sliding_window(module: Any) -> int | None:
    """How many places such a layer sees, its own counted; None where it sees all before it."""
    attention = module.self_attn
    told = attention if hasattr(attention, "sliding_window") else attention.config
    found: int | None = getattr(told, "sliding_window", None)
    return found


def linears(module: Any) -> list[Any]:
    """Its linear layers, adapted or not: queries, keys, values, output; gate, up, down."""
    attention, mlp = module.self_attn, module.mlp
    return [
        *(attention.q_proj, attention.k_proj, attention.v_proj, attention.o_proj),
        *(mlp.gate_proj, mlp.up_proj, mlp.down_proj),
    ]

"""The virtual tokens of a method's options: how many, and whether one can be predicted from."""

from __future__ import annotations

from typing import Any


def virtual_tokens(options: Any) -> int:
    """Tokens of the length budget that the method itself takes; 0 for adapters."""
    return int(getattr(options, "virtual_tokens", 0))


def leads(options: Any) -> bool:
    """Whether a hidden state stands where the method's tokens are, from which the first label can
    be predicted; keys and values in the cache have none."""
    return virtual_tokens(options) > 0 and not getattr(options, "in_cache", False)

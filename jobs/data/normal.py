"""When two prompts count as equal."""

from __future__ import annotations


def normalize(prompt: str) -> str:
    """What two prompts have in common that count as equal: letters, not case or white space."""
    return " ".join(prompt.casefold().split())

"""The one honest sentence, with a sign for its direction."""

from __future__ import annotations

from studio.parts.text import esc

_SIGNS = {
    "better": '<path d="M8 13V3m-4.5 4.5L8 3l4.5 4.5" fill="none"/>',
    "worse": '<path d="M8 3v10m-4.5-4.5L8 13l4.5-4.5" fill="none"/>',
    "unclear": '<path d="M2 9.5c2-4 4-4 6-1.5s4 2.5 6-1.5" fill="none"/>',
    "plain": '<path d="M1.5 8h13M1.5 5.5v5m13-5v5" fill="none"/>'
    '<circle class="full" cx="8" cy="8" r="1.5"/>',
}


def sign(outcome: str) -> str:
    """The sign of a comparison's outcome: an arrow only where the sentence takes a side."""
    return {"better": "better", "worse": "worse", "plain": "plain"}.get(outcome, "unclear")


def banner(sentence: str, kind: str = "plain", *, link: str = "", label: str = "") -> str:
    """The sentence; with a way to what stands behind it where there is one."""
    way = f'<a class="button" href="{esc(link)}">{esc(label)}</a>' if link else ""
    return (
        f'<div class="verdict {kind}" role="status"><svg viewBox="0 0 16 16" aria-hidden="true">'
        f"{_SIGNS[kind]}</svg><p>{esc(sentence)}</p>{way}</div>"
    )

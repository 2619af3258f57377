"""A few words of a text around the place where something is wrong, as a person can see them."""

from __future__ import annotations

from jobs.errors import Excerpt

BEFORE, AFTER = 60, 60  # characters on either side of the place
END = "↵"  # stands for the end of the line


def excerpt(text: str, at: int | None = None) -> Excerpt:
    """The text around a place, or, where nobody knows the place, its beginning.

    What cannot be seen (a tab, half a character, a mark that turns the direction) is written as an
    escape.
    """
    text = text.rstrip("\r\n")
    if at is None:
        return Excerpt(_seen(text[: BEFORE + AFTER]) + ("…" if len(text) > BEFORE + AFTER else ""))
    at = min(max(at, 0), len(text))
    left, right = max(0, at - BEFORE), at + 1 + AFTER
    return Excerpt(
        before=("…" if left else "") + _seen(text[left:at]),
        marked=_seen(text[at : at + 1]) or END,
        after=_seen(text[at + 1 : right]) + ("…" if right < len(text) else ""),
    )


def _seen(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

"""In which script a text is written: the one that most of its letters belong to."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

LOOKED_AT = 400  # characters of a text: what it is written in shows early
# First character of each stretch (Unicode 16, Blocks.txt, joined where one script goes on).
_BLOCKS = (
    (0x0000, "Latin"),
    (0x0370, "Greek"),
    (0x0400, "Cyrillic"),
    (0x0530, "Armenian"),
    (0x0590, "Hebrew"),
    (0x0600, "Arabic"),
    (0x0700, "other"),
    (0x0750, "Arabic"),
    (0x0780, "other"),
    (0x08A0, "Arabic"),
    (0x0900, "Devanagari"),
    (0x0980, "Bengali"),
    (0x0A00, "other"),
    (0x0B80, "Tamil"),
    (0x0C00, "other"),
    (0x0E00, "Thai"),
    (0x0E80, "other"),
    (0x10A0, "Georgian"),
    (0x1100, "Hangul"),
    (0x1200, "Ethiopic"),
    (0x13A0, "other"),
    (0x1C80, "Cyrillic"),
    (0x1D00, "Latin"),
    (0x1F00, "Greek"),
    (0x2000, "Latin"),
    (0x2DE0, "Cyrillic"),
    (0x2E80, "Han"),
    (0x3040, "Japanese"),
    (0x3100, "Han"),
    (0x3130, "Hangul"),
    (0x3190, "Han"),
    (0xA000, "other"),
    (0xA640, "Cyrillic"),
    (0xA6A0, "Latin"),
    (0xA800, "other"),
    (0xAC00, "Hangul"),
    (0xD800, "other"),
    (0xF900, "Han"),
    (0xFB00, "Latin"),
    (0xFB1D, "Hebrew"),
    (0xFB50, "Arabic"),
    (0xFE30, "other"),
    (0xFE70, "Arabic"),
    (0xFF00, "Latin"),
    (0xFF66, "Japanese"),
    (0xFFA0, "Hangul"),
    (0xFFDD, "other"),
    (0x20000, "Han"),
    (0x32000, "other"),
)
_STARTS = [start for start, _ in _BLOCKS]
_NAMES = [name for _, name in _BLOCKS]


def script_of(text: str) -> str:
    """Its script, or "" where it has fewer than three letters or no script leads clearly.

    Han counts as Japanese where there is kana beside it.
    """
    head = text[:LOOKED_AT]
    if head.isascii():
        return "Latin" if sum(map(str.isalpha, head)) >= 3 else ""
    counts = Counter(_NAMES[bisect_right(_STARTS, ord(c)) - 1] for c in head if c.isalpha())
    if counts["Japanese"]:
        counts["Japanese"] += counts.pop("Han", 0)
    total = counts.total()
    if not total:
        return ""
    name, most = counts.most_common(1)[0]
    # One sign of Han is a word, three letters of others are hardly one.
    enough = most >= (2 if name in ("Han", "Japanese", "Hangul") else 3)
    return name if enough and most >= 0.6 * total and name != "other" else ""

"""In which script a text is written: the one that most of its letters belong to."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LAST = 0x33480  # no letter stands here or beyond (Unicode 17)
LOOKED_AT = 400  # characters of a text: what it is written in shows early
FEWEST = 3  # letters that a text is known by
OFTEN = 1.5  # letters to each other one, from which on they are 0.6 of a text
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


def scripts_of(texts: pa.Array) -> np.ndarray:
    """`script_of` each text of an array of strings without nulls, as an array of names."""
    names, kinds = _kinds()
    heads = pc.utf8_slice_codeunits(texts, 0, LOOKED_AT)
    whole = "".join(heads.to_pylist()).encode("utf-32-le")
    found = kinds[np.minimum(np.frombuffer(whole, "<u4"), LAST)]
    owners = np.repeat(np.arange(len(texts)), pc.utf8_length(heads).to_numpy())
    width = len(names)
    counts = np.bincount(owners * width + found, minlength=len(texts) * width)
    counts = counts.reshape(-1, width)
    counts[:, 0] = 0  # no letters
    han, japanese, hangul = (names.index(name) for name in ("Han", "Japanese", "Hangul"))
    with_kana = counts[:, japanese] > 0
    counts[with_kana, japanese] += counts[with_kana, han]
    counts[with_kana, han] = 0
    best = counts.argmax(axis=1)
    most = counts[np.arange(len(texts)), best]
    enough = most >= np.where(np.isin(best, (han, japanese, hangul)), 2, 3)
    clear = enough & (most >= 0.6 * counts.sum(axis=1)) & (best != names.index("other"))
    return np.where(clear, np.array(names)[best], "")


@cache
def _kinds() -> tuple[list[str], np.ndarray]:
    """Names of scripts, "" the first, and for each code point the place of its own where it is a
    letter."""
    names = ["", *dict.fromkeys(_NAMES)]
    kinds = np.zeros(LAST + 1, np.uint8)
    for start, end, name in zip(_STARTS, [*_STARTS[1:], LAST], _NAMES, strict=True):
        letters = [point for point in range(start, end) if chr(point).isalpha()]
        kinds[letters] = names.index(name)
    return names, kinds

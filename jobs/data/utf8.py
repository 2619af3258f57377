"""Whether a file is UTF-8, at the speed of a copy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from pathlib import Path

import numpy as np
import pyarrow as pa

from jobs.data.compiled import passes

LARGE = 1 << 26  # bytes; what is smaller is looked at in a moment
BLOCK = 1 << 20  # fits the processor's cache, where a block is looked at several times


def is_utf8(path: Path) -> bool:
    """Whether all of a file is UTF-8 without zero bytes; where not, others find out why.

    A large file is looked at from its beginning and from its middle at once.
    """
    size = path.stat().st_size
    if size <= LARGE:
        return _is_utf8(path, 0, None)
    middle = _next_character(path, size // 2)
    with ThreadPoolExecutor(2) as threads:
        parts = threads.map(lambda part: _is_utf8(path, *part), ((0, middle), (middle, None)))
        return all(parts)


def is_text(block: memoryview) -> bool:
    """Whether some bytes are whole characters of UTF-8, none of them zero."""
    compiled = passes()
    if compiled is not None:
        return compiled.whole_characters(np.frombuffer(block, np.uint8)) == len(block)
    return _left(bytes(block)) == b""


def begins_as_text(block: bytes) -> bool:
    """The same up to a character that breaks off at the end."""
    return _left(block) is not None


def _next_character(path: Path, place: int) -> int:
    """Where the next character begins; no character is longer than four bytes."""
    with path.open("rb", buffering=0) as file:
        file.seek(place)
        inside = (0x80 <= byte < 0xC0 for byte in file.read(4))
        return place + len(list(takewhile(bool, inside)))


def _is_utf8(path: Path, begin: int, end: int | None) -> bool:
    """The same for the part that begins and ends there."""
    rest, at = b"", begin
    with path.open("rb", buffering=0) as file:
        file.seek(begin)
        while block := file.read(BLOCK if end is None else min(BLOCK, end - at)):
            at += len(block)
            left = _left(rest + block if rest else block)
            if left is None:
                return False
            rest = left
    return not rest


def _left(block: bytes) -> bytes | None:
    """The first bytes of a character that breaks off at the end; None where something is wrong."""
    compiled = passes()
    if compiled is not None:
        whole = compiled.whole_characters(np.frombuffer(block, np.uint8))
        return None if whole < 0 else block[whole:]
    if b"\0" in block:
        return None
    if block.isascii():
        return b""
    whole = _whole_characters(block)
    return block[whole:] if _is_valid(block[:whole]) else None


def _whole_characters(block: bytes) -> int:
    """How many bytes there are without a character that breaks off at the end."""
    for back in range(1, min(4, len(block)) + 1):
        byte = block[-back]
        if byte >= 0xC0:  # the first of so many bytes
            length = 2 + (byte >= 0xE0) + (byte >= 0xF0)
            return len(block) if length <= back else len(block) - back
        if byte < 0x80:
            break
    return len(block)


def _is_valid(block: bytes) -> bool:
    offsets = pa.py_buffer(np.array([0, len(block)], np.int32))
    text = pa.StringArray.from_buffers(1, offsets, pa.py_buffer(block))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True

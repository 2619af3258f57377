"""JSON lines of the usual kind, many at once: an object a line, texts in the wanted columns."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from jobs.data.compiled import MOST_KEYS, passes
from jobs.data.raw import Raw, strings
from jobs.data.table import TEXT

OPENS, CLOSES, BREAK, BACKSLASH = b"{}\n\\"
NO_NUMBERS = (b"NaN", b"Inf")  # which Arrow reads, and JSON does not know
HALVES = (b"\\ud", b"\\uD")  # characters beyond U+FFFF are written as two halves
_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def regular(block: bytes | memoryview, wanted: Sequence[tuple[str, str]]) -> pa.RecordBatch | None:
    """Whole lines as a batch of columns, each with the name it gets and its key in the file.

    None for whatever a closer look might read otherwise or refuse: a blank line, a number, a
    structure, a wanted key that stands twice, half a character, an error.
    """
    data = np.frombuffer(block, np.uint8)
    usual = _usual(data, wanted)
    if usual is not None:
        return usual
    count = _objects(data)
    if not count or not _has_whole_characters(data):
        return None
    keys = [key for _, key in wanted]
    read = _read(block, keys, "error")
    if read is None and not any(map(bytes(block).count, NO_NUMBERS)):
        read = _read(block, keys, "ignore")
    if read is None or read.num_rows != count:  # two objects on one line
        return None
    columns = {name: read.column(key).combine_chunks() for name, key in wanted}
    return pa.record_batch(columns)


def _usual(data: np.ndarray, wanted: Sequence[tuple[str, str]]) -> pa.RecordBatch | None:
    """The same where compiled code is there and all lines are of the usual kind."""
    compiled, keys = passes(), [key for _, key in wanted]
    plain = all(json.dumps(key, ensure_ascii=False) == f'"{key}"' for key in keys)
    if compiled is None or not plain or not 0 < len(keys) == len(set(keys)) <= MOST_KEYS:
        return None
    read = compiled.lines(data, [key.encode() for key in keys])
    if read is None:
        return None
    columns = {}
    for place, (name, _) in enumerate(wanted):
        starts, there = read.starts[place, : read.rows + 1], read.there[place, : read.rows]
        texts = strings(starts, read.texts[place, : starts[-1]])
        gaps = pa.array(~there)
        columns[name] = texts if there.all() else pc.if_else(gaps, None, texts)
    return pa.record_batch(columns)


def _read(block: bytes | memoryview, keys: Sequence[str], others: str) -> pa.Table | None:
    """Texts under these keys; what other keys hold is an "error", or is looked at and left out."""
    try:
        return pa.json.read_json(
            pa.BufferReader(block),
            read_options=pa.json.ReadOptions(use_threads=False, block_size=len(block)),
            parse_options=pa.json.ParseOptions(
                explicit_schema=pa.schema([(key, TEXT) for key in keys]),
                unexpected_field_behavior=others,
            ),
        )
    except pa.ArrowInvalid:
        return None


def _objects(data: np.ndarray) -> int:
    """How many lines there are, where each begins and ends with a brace; else 0.

    No object goes on over the end of such a line: between "}" and "{" it would want a comma.
    """
    breaks = _places(data, BREAK)
    last = len(data) - 1 - int(len(data) > 0 and data[-1] == BREAK)
    inner = breaks[breaks < last]
    if last < 1 or data[0] != OPENS or data[last] != CLOSES:
        return 0
    if (data[inner - 1] != CLOSES).any() or (data[inner + 1] != OPENS).any():
        return 0
    return len(inner) + 1


def _places(data: np.ndarray, byte: int) -> np.ndarray:
    return Raw(np.array([0, len(data)]), data).between(byte, byte)


def _has_whole_characters(data: np.ndarray) -> bool:
    """Whether every half of a character stands before or behind its other half."""
    escapes = _places(data[:-1], BACKSLASH)
    if not (data[escapes + 1] == ord("u")).any():
        return True
    block = data.tobytes()
    halves = sum(map(block.count, HALVES))
    if not halves:
        return True
    # "\\\\ud83d" is no half, but a backslash and five letters
    return b"\\\\" not in block and halves == 2 * len(_PAIR.findall(block))

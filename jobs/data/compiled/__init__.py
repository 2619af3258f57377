"""Passes over the bytes of a column in compiled code, where it was built along with the package.

Each does what numpy does in some ten passes, and what is equal, suspicious or a letter is decided
in Python: the code takes tables. Without it (no compiler, another machine, `ATTUNE_COMPILED=0`)
`passes` gives None, and whoever asks goes the slower way, to the same results. The library is
opened by ctypes: it needs nothing of Python's own headers, and other threads work on meanwhile.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from jobs.compiled import library
from jobs.data.compiled.rules import Rules

MOST_KEYS = 64  # of columns of JSON lines, as in lines.c
MOST_ROWS = 1 << 16  # of separated cells that are read at once
SLACK = 64  # bytes behind texts that may be written over
BYTES = 2**31  # that places of 32 bits reach; columns and blocks are a fraction of it
VERSION = 5  # of what the functions take, as in version.c: an older build is left alone


@dataclass(frozen=True)
class SiftTables:
    """What `sift` looks for; `jobs/data/sifting.py` makes them from the looks."""

    steps: np.ndarray  # uint64 a byte
    begins: int
    ends: int
    looks: np.ndarray  # uint8 for each of 64 ends
    characters: np.ndarray  # uint8 a code point, 0x20000 of them
    nibbles: np.ndarray  # uint8, as in sieve.h
    digits: int
    span: int
    crowd: int  # the look of so many digits within the span


@dataclass(frozen=True)
class Lines:
    """Columns of texts, a row of each array for each."""

    rows: int
    starts: np.ndarray  # int32, of which `rows` + 1 count
    there: np.ndarray  # bool, of which `rows` count: whether there is a text
    texts: np.ndarray  # uint8


@dataclass(frozen=True)
class CellLayout:
    """Rows of separated cells."""

    separator: str
    width: int


@dataclass(frozen=True)
class Cells:
    """Columns of texts, a row of each array for each, of a part of a file."""

    rows: int
    starts: np.ndarray  # int32, of which `rows` + 1 count
    texts: np.ndarray  # uint8
    bytes: int  # of the part, that these rows and blank ones take
    breaks: bool  # whether the last cell of the last row holds a line break


class Passes:
    """The functions of the library; arrays that come in are those of a `Raw`."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library

    def prompt_keys(
        self, starts: np.ndarray, data: np.ndarray, folds: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The key (uint64) of each text, and which of them are left to Python (bool)."""
        count = len(starts) - 1
        keys, left = np.zeros(count, np.uint64), np.zeros(count, bool)
        known = ctypes.c_int32(len(folds))
        self._call("prompt_keys", count, *_column(starts, data), folds, known, keys, left)
        return keys, left

    def digests(self, starts: np.ndarray, data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The digest (uint64) of each text, and which of them are left to Python (bool)."""
        count = len(starts) - 1
        found, left = np.zeros(count, np.uint64), np.zeros(count, bool)
        self._call("text_digests", count, *_column(starts, data), found, left)
        return found, left

    def sift(self, starts: np.ndarray, data: np.ndarray, tables: SiftTables) -> np.ndarray:
        """The looks (uint8, a bit each) of each text."""
        count = len(starts) - 1
        found = np.zeros(count, np.uint8)
        self._call(
            "sift",
            count,
            *_column(starts, data),
            tables.steps,
            ctypes.c_uint64(tables.begins),
            ctypes.c_uint64(tables.ends),
            tables.looks,
            tables.characters,
            tables.nibbles,
            ctypes.c_int32(tables.digits),
            ctypes.c_int64(tables.span),
            ctypes.c_uint8(tables.crowd),
            found,
        )
        return found

    def letters(
        self, starts: np.ndarray, data: np.ndarray, most: int, enough: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Of each text (int64) the letters A to Z in its first bytes; characters beyond ASCII.

        Where there are none of these, no more than `enough` letters are counted.
        """
        count = len(starts) - 1
        letters, beyond = np.zeros(count, np.int64), np.zeros(count, np.int64)
        bounds = ctypes.c_int64(most), ctypes.c_int64(enough)
        self._call("count_letters", count, *_column(starts, data), *bounds, letters, beyond)
        return letters, beyond

    def blank(self, starts: np.ndarray, data: np.ndarray, white: np.ndarray) -> np.ndarray:
        """Which texts (bool) hold only white space, and some: `white` says which characters."""
        count = len(starts) - 1
        found = np.zeros(count, bool)
        known = ctypes.c_int32(len(white))
        self._call("blank_texts", count, *_column(starts, data), white, known, found)
        return found

    def echoes(
        self,
        prompts: tuple[np.ndarray, np.ndarray],
        completions: tuple[np.ndarray, np.ndarray],
        white: np.ndarray,
        shortest: int,
    ) -> np.ndarray:
        """Which completions (bool) hold their prompts; of each, where texts start, and bytes.

        `white` says of each code point whether it is white space, which around a prompt does not
        count. Texts of fewer bytes than `shortest` hold nothing and are held by none.
        """
        count = len(prompts[0]) - 1
        found = np.zeros(count, bool)
        known, fewest = ctypes.c_int32(len(white)), ctypes.c_int64(shortest)
        columns = (*_column(*prompts), *_column(*completions))
        self._call("echoes", count, *columns, white, known, fewest, found)
        return found

    def glance(
        self,
        prompts: tuple[np.ndarray, np.ndarray],
        completions: tuple[np.ndarray, np.ndarray],
        rules: Rules,
    ) -> tuple[list[np.ndarray], list[int]]:
        """The fields of a `Glance`, in their order; of each column, where texts start, and bytes.

        Keys and digests stand only where no mark says that they are left to Python.
        """
        columns = (*_near(*prompts), *_near(*completions))
        count = len(prompts[0]) - 1
        told = np.empty(3, np.int64)
        found = [np.empty(count, kind) for kind in (*3 * [np.uint64], np.uint8, np.uint16)]
        asked = ctypes.byref(rules.structure())
        self._call("glance", count, *columns, asked, *found, told)
        return found, told.tolist()

    def kept(
        self, starts: np.ndarray, data: np.ndarray, mask: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where the texts begin that the mask keeps (int32), and their bytes."""
        given, data = _near(starts, data)
        keep, count = np.ascontiguousarray(mask, bool), np.empty(1, np.int64)
        size = self._call("kept_size", len(mask), given, keep, count)
        kept_starts = np.empty(int(count[0]) + 1, np.int32)
        kept = np.empty(size, np.uint8)
        self._call("keep_texts", len(mask), given, data, keep, kept_starts, kept)
        return kept_starts, kept

    def lines(self, block: np.ndarray, names: Sequence[bytes]) -> Lines | None:
        """JSON lines (uint8) as columns of texts; None where something about them is unusual.

        At least one name and at most `MOST_KEYS`, of which none holds what JSON would escape.
        """
        _within_reach(block)
        rows = self._call("count_lines", len(block), block)
        room = len(block) + 8
        starts = np.zeros((len(names), rows + 1), np.int32)
        there = np.zeros((len(names), rows), bool)
        texts = np.empty((len(names), room), np.uint8)
        ends = np.cumsum([0, *map(len, names)], dtype=np.int64)
        spelled = np.frombuffer(b"".join(names) + b"\0", np.uint8)
        given = (block, ctypes.c_int32(len(names)), ends, spelled, ctypes.c_int64(rows))
        read = self._call(
            "read_lines", len(block), *given, starts, there, ctypes.c_int64(room), texts
        )
        return None if read < 0 else Lines(read, starts, there, texts)

    def cells(
        self, part: np.ndarray, layout: CellLayout, wanted: Sequence[int], *, last: bool
    ) -> Cells | None:
        """Whole rows of separated cells, none where the first breaks off; at least one is wanted.

        None where a row has not the width of the layout. `last` says that the file ends there.
        """
        count, room = len(wanted), len(part) + SLACK
        slots = np.full(layout.width, -1, np.int32)
        slots[list(wanted)] = np.arange(count)
        starts = np.empty((count, MOST_ROWS + 1), np.int32)
        texts = np.empty((count, room), np.uint8)
        used, told = np.empty(count, np.int64), np.empty(2, np.int64)
        read = self._call(
            "read_cells",
            len(part),
            part,
            *_signs(layout, last),
            ctypes.c_int32(layout.width),
            slots,
            ctypes.c_int32(count),
            ctypes.c_int64(MOST_ROWS),
            starts,
            ctypes.c_int64(room),
            texts,
            used,
            told,
        )
        return None if read < 0 else Cells(read, starts, texts, int(told[0]), bool(told[1]))

    def skipped(self, part: np.ndarray, layout: CellLayout, rows: int, *, last: bool) -> int:
        """The bytes that the first rows take, blank ones included; -1 where they do not end."""
        room = np.empty(len(part) + SLACK, np.uint8)
        given = (part, *_signs(layout, last), ctypes.c_int64(rows), room)
        return self._call("skip_rows", len(part), *given)

    def whole_characters(self, block: np.ndarray) -> int:
        """How many bytes are whole characters of UTF-8, up to one that breaks off at the end.

        -1 where something is no UTF-8, or zero.
        """
        return self._call("whole_characters", len(block), block)

    def _call(self, name: str, count: int, *arguments: object) -> int:
        function = getattr(self._library, name)
        function.restype = ctypes.c_int64
        return int(function(ctypes.c_int64(count), *map(_pointer, arguments)))


@cache
def passes() -> Passes | None:
    """The compiled passes, None where they were not built for this machine and this version."""
    opened = library(Path(__file__).parent, VERSION)
    return None if opened is None else Passes(opened)


def _within_reach(data: np.ndarray) -> None:
    if len(data) >= BYTES:
        raise ValueError(f"{len(data):,} bytes are more than places of 32 bits can name")


def _near(starts: np.ndarray, data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A column whose places are given in 32 bits."""
    _within_reach(data)
    return np.ascontiguousarray(starts, np.int32), data


def _column(starts: np.ndarray, data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.ascontiguousarray(starts, np.int64), data


def _signs(layout: CellLayout, last: bool) -> tuple[object, object]:
    return ctypes.c_uint8(ord(layout.separator)), ctypes.c_int32(last)


def _pointer(argument: object) -> object:
    return ctypes.c_void_p(argument.ctypes.data) if isinstance(argument, np.ndarray) else argument

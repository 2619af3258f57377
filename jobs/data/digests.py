"""64-bit digests of many texts at once: what tells equal prompts and equal answers apart.

A digest follows from the text alone, on every machine. Among five million different texts two
share a digest with a chance below one in a million. Eight bytes at a time are folded in by a
multiplication, for all texts of an array together, and finished as splitmix64 does (Steele, Lea
and Flood 2014).
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

from jobs.data.compiled import passes
from jobs.data.folding import folds, normalized
from jobs.data.raw import Raw, buffers, within

# Bytes, as in keys.c; a longer text is digested by itself, not along with the others.
LONG = 4096
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
KEEP = np.array([(1 << (8 * n)) - 1 for n in range(8)], np.uint64)  # the last n bytes of a text
SHIFT = np.uint64(32)
TABLE = 22  # first bits of a number, by which it is looked up in memory that the processor holds
FIRST_BITS = np.uint64(64 - TABLE)


def digests(texts: pa.Array) -> np.ndarray:
    """A uint64 for each text of an array of strings without nulls."""
    starts, data = buffers(texts)
    compiled = passes()
    if compiled is not None:
        found, left = compiled.digests(starts, data)
        for i in np.flatnonzero(left):
            found[i] = _long(data[starts[i] : starts[i + 1]])
        return found
    lengths = np.diff(starts)
    out = lengths.astype(np.uint64) * GOLDEN
    long = np.flatnonzero(lengths > LONG)
    # the longest first, so that those with words left always stand in front
    order = np.argsort(-np.minimum(lengths, LONG + 1).astype(np.int16), kind="stable")[len(long) :]
    out[order] = mixed(_folded(data, starts[:-1][order], lengths[order], out[order]))
    for i in long:
        out[i] = _long(data[starts[i] : starts[i + 1]])
    return out


def _long(text: np.ndarray) -> int:
    return int.from_bytes(hashlib.blake2b(text.tobytes(), digest_size=8).digest(), "little")


def _folded(data: np.ndarray, at: np.ndarray, left: np.ndarray, state: np.ndarray) -> np.ndarray:
    """All eight-byte words of each text folded into its state; lengths must not rise.

    Texts begin anywhere, so that a word of theirs is put together from two of the buffer's.
    """
    words = np.zeros(len(data) // 8 + 2, "<u8")
    words.view(np.uint8)[: len(data)] = data
    low = ((at & 7) * 8).astype(np.uint64)
    high = np.uint64(64) - low  # numpy shifts everything out at 64
    index = (at >> 3).astype(np.int64)
    before, piece = words.take(index), np.empty(len(at), np.uint64)
    falling = -left
    for done in range(0, LONG, 8):
        whole, live = np.searchsorted(falling, (-(done + 7), -done))
        if not live:
            break
        index = index[:live]
        index += 1
        after = words.take(index, mode="clip")  # a last word may end where the buffer does
        word = before[:live]
        word >>= low[:live]
        word |= np.left_shift(after, high[:live], out=piece[:live])
        word[whole:] &= KEEP[left[whole:live] - done]
        now = state[:live]
        now ^= word
        now *= FIRST
        np.right_shift(now, SHIFT, out=word)
        now ^= word
        before = after
    return state


def prompt_keys(prompts: pa.Array, raw: Raw | None = None) -> np.ndarray:
    """The digest of each prompt's `normalize`d text: equal prompts have equal keys."""
    compiled, raw = passes(), raw or Raw.of(prompts)
    if compiled is None:
        return digests(normalized(prompts, raw))
    keys, left = compiled.prompt_keys(raw.starts, raw.data, folds())
    if left.any():
        keys[left] = digests(normalized(prompts.filter(pa.array(left))))
    return keys


def distinct(values: np.ndarray) -> np.ndarray:
    """Each value once, in rising order; several times faster than `np.unique` on many values."""
    ordered = np.sort(values)
    return ordered[begins(ordered)]


def begins(ordered: np.ndarray) -> np.ndarray:
    """Where each different number begins, of some that are in order."""
    first = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return np.flatnonzero(first)


def mixed(state: np.ndarray) -> np.ndarray:
    """The finishing steps of splitmix64."""
    state = (state ^ (state >> np.uint64(30))) * FIRST
    state = (state ^ (state >> np.uint64(27))) * SECOND
    return state ^ (state >> np.uint64(31))


def repeated(values: np.ndarray) -> np.ndarray:
    """Which of many numbers, all of their bits random, occur more than once."""
    ordered = np.sort(values)
    twice = distinct(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    found = np.zeros(len(values), bool)
    if len(twice):
        table = np.zeros(1 << TABLE, bool)
        table[twice >> FIRST_BITS] = True
        likely = np.flatnonzero(table[values >> FIRST_BITS])
        found[likely] = within(twice, values[likely])
    return found

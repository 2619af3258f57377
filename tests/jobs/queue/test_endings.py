"""Errors of a child in classes, each with a sentence and a cure."""

import errno

import pytest

from jobs.errors import DataError, DiskFull, Interrupted, ModelError, NumbersError
from jobs.queue.endings import of_exception


class OutOfMemoryError(RuntimeError):
    """As torch's for CUDA is called."""


@pytest.mark.parametrize(
    ("error", "state", "kind"),
    [
        (DataError("Row 3 is empty.", "Fill it."), "failed", "data"),
        (ModelError("w", "c"), "failed", "model"),
        (NumbersError("w", "c"), "failed", "numbers"),
        (DiskFull("w", "c"), "failed", "disk"),
        (Interrupted("w", "c"), "interrupted", "interrupted"),
        (MemoryError(), "failed", "memory"),
        (OutOfMemoryError("CUDA out of memory. Tried to allocate"), "failed", "memory"),
        (
            RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate"),
            "failed",
            "memory",
        ),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "failed", "memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "failed", "disk"),
        (RuntimeError("SafetensorError: I/O error: No space left on device"), "failed", "disk"),
        (KeyError("x"), "failed", "bug"),
        (RuntimeError("shape mismatch"), "failed", "bug"),
        (SystemExit(3), "failed", "bug"),
    ],
)
def test_every_error_has_a_class_a_sentence_and_a_cure(error, state, kind):
    found, told = of_exception(error)
    assert (found, told["kind"]) == (state, kind)
    assert set(told) == {"kind", "what", "cure", "detail"}
    assert told["what"]
    assert told["cure"]
    assert told["detail"]
    assert "!" not in told["what"] + told["cure"]


def test_a_bug_shows_where_it_was():
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError as error:
        _, told = of_exception(error)
    assert "test_endings.py" in told["detail"]
    assert "ZeroDivisionError" in told["what"]

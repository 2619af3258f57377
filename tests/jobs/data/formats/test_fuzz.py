"""Damaged files and odd objects: rows or a clear error, and nothing half-imported.

A few of each are tried here; `python -m tests.fuzz` tries many and tells how many.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import reader_fuzz

FEW = 25


@pytest.mark.parametrize("ending", reader_fuzz.ENDINGS)
def test_a_broken_file_is_rows_or_an_error_of_ours(ending: str, tmp_path: Path) -> None:
    told = reader_fuzz.bytes_of(ending, tmp_path, FEW)
    assert FEW <= told["tried"] == told["read"] + told["refused"]


@pytest.mark.parametrize("ending", [".jsonl", ".json"])
def test_odd_objects_are_rows_or_an_error_of_ours(ending: str, tmp_path: Path) -> None:
    assert reader_fuzz.objects(ending, tmp_path, FEW)["tried"] >= FEW


def test_an_odd_paste_is_rows_or_an_error_of_ours(tmp_path: Path) -> None:
    assert reader_fuzz.pastes(tmp_path, 2 * FEW)["tried"] >= FEW

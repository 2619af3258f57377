"""Eight processes write at once: none of it is lost, out of order, or refused by a lock."""

from __future__ import annotations

from pathlib import Path

from writers import write_together

SECONDS = 10.0  # ten minutes in tests/benchmarks/load.py


def test_eight_writers_lose_nothing(tmp_path: Path) -> None:
    written = write_together(tmp_path / "home", 8, SECONDS)
    assert written.failed == ()
    assert written.whole, written
    assert min(written.told) > 0, "everybody has a turn"

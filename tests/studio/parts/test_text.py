from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.parts import text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (0.2, "under 1 s"),
        (45, "45 s"),
        (59.6, "1 min"),
        (80, "1 min 20 s"),
        (1300, "21 min"),
        (3599.9, "1 h"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds: float | None, said: str) -> None:
    assert text.duration(seconds) == said


def test_memory() -> None:
    assert text.memory(820_000_000) == "820 MB"
    assert text.memory(3_210_000_000) == "3.2 GB"
    assert text.memory_of(3_200_000_000, 12_000_000_000) == "3.2 of 12 GB"
    assert text.memory_of(820_000_000, 12_000_000_000) == "820 MB of 12 GB"
    assert text.memory_of(820_000_000, None) == "820 MB"


def test_numbers() -> None:
    assert text.count(12345) == "12,345"
    assert text.several(1, "prompt") == "1 prompt"
    assert text.several(2000, "prompt") == "2,000 prompts"
    assert text.large(311_296) == "311 thousand"
    assert text.large(1_543_714_304) == "1.5 billion"
    assert text.percent(0.045) == "4.5%"
    assert text.percent(0.00001) == "under 0.1%"
    assert text.score(None) == "unscored"
    assert text.signed(-0.05) == "−0.05"
    assert text.number(2e-3) == "0.002"
    assert text.number(()) == "automatic"


def test_a_small_loss_is_not_nothing() -> None:
    assert [text.small(v) for v in (2.3456, 0.1, 0.0, 0.0423, 0.00421, 0.0000049)] == [
        *("2.35", "0.10", "0.00", "0.042", "0.0042", "0.0000049")
    ]


def test_moments() -> None:
    now = 1_700_000_000.0
    assert text.when(now - 5, now) == "just now"
    assert text.when(now - 300, now) == "5 min ago"
    assert text.when(now - 40 * 86400, now).endswith("2023")


@given(st.text())
def test_nothing_of_a_person_becomes_markup(words: str) -> None:
    safe = text.esc(words)
    assert not set(safe) & set("<>\"'")


def test_lone_surrogates_and_nul_can_be_sent() -> None:
    text.esc("a\ud800b\0").encode("utf-8")

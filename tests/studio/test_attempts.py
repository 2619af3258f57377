"""Guessing is slow, and what is remembered of guessers is bounded."""

from __future__ import annotations

import pytest

from studio.attempts import ADDRESSES, ALL, FREE, LONGEST, Attempts, place


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_five_wrong_guesses_are_free_and_then_the_wait_doubles(clock: Clock) -> None:
    attempts = Attempts(clock)
    waits = []
    for _ in range(FREE + 6):
        waits.append(attempts.wait("10.0.0.9"))
        clock.now += waits[-1]
        assert attempts.wait("10.0.0.9") == 0
        attempts.failed("10.0.0.9")
    assert waits[: FREE + 1] == [0] * FREE + [1.0]
    assert waits[FREE:] == [1, 2, 4, 8, 16, 32]
    for _ in range(20):
        attempts.failed("10.0.0.9")
        clock.now += 61
    assert attempts.wait("10.0.0.9") <= LONGEST


def test_others_do_not_wait_for_one_that_guesses(clock: Clock) -> None:
    attempts = Attempts(clock)
    for _ in range(20):
        attempts.failed("10.0.0.9")
    assert attempts.wait("10.0.0.9") > 0
    assert attempts.wait("10.0.0.8") == 0


def test_who_knew_it_begins_anew(clock: Clock) -> None:
    attempts = Attempts(clock)
    for _ in range(8):
        attempts.failed("10.0.0.9")
    attempts.passed("10.0.0.9")
    assert attempts.wait("10.0.0.9") == 0


def test_an_hour_is_forgotten(clock: Clock) -> None:
    attempts = Attempts(clock)
    for _ in range(12):
        attempts.failed("10.0.0.9")
    clock.now += 3601
    assert attempts.wait("10.0.0.9") == 0


def test_a_network_of_guessers_is_held_too(clock: Clock) -> None:
    attempts = Attempts(clock)
    for number in range(ALL):
        attempts.failed(f"10.0.{number}.1")
    assert 0 < attempts.wait("10.9.9.9") <= 60
    clock.now += 61
    assert attempts.wait("10.9.9.9") == 0


def test_what_is_remembered_is_bounded(clock: Clock) -> None:
    attempts = Attempts(clock)
    for number in range(ADDRESSES + 50):
        attempts.failed(str(number))
        clock.now += 1.5
    assert len(attempts._wrong) == ADDRESSES
    assert len(attempts._recent) == ALL


def test_a_house_is_one_guesser() -> None:
    assert place("2001:db8::1") == place("2001:db8::ffff:1") == "2001:db8::/64"
    assert place("2001:db8:0:1::1") != place("2001:db8::1")
    assert place("::ffff:10.0.0.1") == place("10.0.0.1") == "10.0.0.1"
    assert place("testclient") == "testclient"

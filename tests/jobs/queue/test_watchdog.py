"""What hangs and what is only slow."""

import dataclasses

import pytest

from jobs.queue.watchdog import Limits, Watchdog
from jobs.types import JobInfo

LIMITS = Limits(unknown=100.0, known=10.0, times=20.0, signs=3)
JOB = JobInfo(1, "train", "running", "cpu", 1, None, {}, 0.0, heartbeat=0.0, phase="Training")


class Bench:
    """A watchdog, its clock, and the job as its rows tell it."""

    def __init__(self, limits=LIMITS):
        self.now, self.job = 0.0, JOB
        self.dog = Watchdog(lambda: self.now, limits)
        self.look()

    def look(self):
        return self.dog.silence(self.job)

    def beat(self, after, **more):
        self.now += after
        self.job = dataclasses.replace(self.job, heartbeat=self.job.heartbeat + after, **more)
        assert self.look() is None

    def wait(self, seconds):
        self.now += seconds
        return self.look()


def test_a_first_step_may_take_long():
    bench = Bench()
    assert bench.wait(99) is None
    assert bench.wait(2) == 101


def test_a_pace_that_was_shown_is_expected_from_then_on():
    bench = Bench()
    for _ in range(3):
        bench.beat(0.1)
    assert bench.wait(9.9) is None
    assert bench.wait(0.2) == pytest.approx(10.1)


def test_slow_steps_are_given_twenty_times_their_longest_pause():
    bench = Bench()
    for pause in (1, 3, 2):
        bench.beat(pause)
    assert bench.wait(59) is None
    assert bench.wait(2) == pytest.approx(61)


def test_another_phase_has_a_pace_of_its_own():
    bench = Bench()
    for _ in range(5):
        bench.beat(0.1)
    bench.beat(0.1, phase="Saving")
    assert bench.wait(99) is None


def test_a_long_load_says_nothing_of_the_steps_after_it():
    bench = Bench()
    bench.beat(0.1, phase="Loading")
    bench.beat(90, phase="Training")
    for _ in range(3):
        bench.beat(0.1)
    assert bench.wait(9.9) is None
    assert bench.wait(0.2) == pytest.approx(10.1)


def test_a_clock_that_was_set_back_is_a_sign_of_life_too():
    bench = Bench()
    bench.beat(90)
    bench.job = dataclasses.replace(bench.job, heartbeat=-3600.0)
    assert bench.wait(90) is None
    assert bench.wait(99) is None


def test_another_attempt_begins_anew():
    bench = Bench()
    bench.now = 99.0
    bench.job = dataclasses.replace(JOB, attempt=1)
    assert bench.look() is None
    assert bench.wait(99) is None


def test_the_usual_limits_are_generous_and_can_be_set(monkeypatch):
    monkeypatch.delenv("ATTUNE_PATIENCE", raising=False)
    assert Limits.of_environment() == Limits()
    assert Limits().known >= 600
    assert Limits().unknown >= 3600
    for text, expected in (("7", 7.0), ("no", 7200.0), ("-1", 7200.0), ("", 7200.0)):
        monkeypatch.setenv("ATTUNE_PATIENCE", text)
        assert Limits.of_environment().unknown == expected

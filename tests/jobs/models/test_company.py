"""Threads wait for one another in another way while other programs want the processor too."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import namedtuple
from types import SimpleNamespace

import pytest

from jobs.models import company
from jobs.queue import child

Times = namedtuple("Times", "user nice system idle iowait irq softirq steal guest guest_nice")

# Two threads that meet 4,000 times; how often one of them fell asleep meanwhile.
MEETINGS = """
import resource, sys, torch
from jobs.models import company
a = torch.ones(2**17)
idle = company.Idle()
def asleep():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
    for _ in range(2000):
        a.add_(1)
        sum(range(2000))  # what stands between two products
    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw - before
asleep()
alone = asleep()
if company.openmp() is None:
    sys.exit("another OpenMP than GNU's")
idle.hold(len(company.processors()) - torch.get_num_threads() + 2)
together = asleep()
idle.hold(0)
print(alone, together, asleep())
"""


@pytest.mark.parametrize(
    ("others", "threads", "processors", "expected"),
    [
        (0.0, 2, 2, False),
        (0.1, 2, 2, False),
        (0.9, 2, 2, True),
        (0.9, 1, 2, False),  # nobody to wait for
        (3.0, 8, 16, False),  # room for all
        (9.0, 8, 16, True),
    ],
)
def test_threads_are_crowded_where_they_share_their_processors(
    others, threads, processors, expected
):
    assert company.crowded(others, threads, processors) is expected


def test_others_are_what_is_busy_on_our_processors_and_not_ours(monkeypatch):
    clock = {"cpu": [Times(*[0.0] * 10)] * 3, "own": 1.0, "now": 10.0}
    monkeypatch.setattr(company.os, "sched_getaffinity", lambda _: {0, 2}, raising=False)
    monkeypatch.setattr(company.psutil, "cpu_times", lambda percpu: clock["cpu"])
    monkeypatch.setattr(company.time, "process_time", lambda: clock["own"])
    monkeypatch.setattr(company.time, "monotonic", lambda: clock["now"])
    others = company.Others()
    assert others.processors == [0, 2]
    busy = Times(1.0, 0.5, 0.25, 7.0, 1.0, 0.0, 0.25, 0.5, 0.5, 0.25)
    clock |= {"cpu": [busy, Times(*[9.0] * 10), busy], "own": 3.0, "now": 14.0}
    assert others.look() == pytest.approx((2 * 2.5 - 2.0) / 4.0)  # waiting and guests left out
    clock["now"] = 16.0
    assert others.look() == 0.0


def test_others_are_seen():
    others = company.Others()
    busy = subprocess.Popen([sys.executable, "-P", "-c", "while True: pass"])
    try:
        subprocess.run(["sleep", "1"], check=True)
        assert others.look() > 0.1
    finally:
        busy.kill()
        busy.wait()


@pytest.mark.skipif(len(company.processors()) < 2, reason="threads need two processors to wait")
def test_threads_fall_asleep_early_while_idle_ones_are_held():
    ended = subprocess.run(
        [sys.executable, "-P", "-c", MEETINGS],
        env={**os.environ, "OMP_NUM_THREADS": str(len(company.processors()))},
        capture_output=True,
        text=True,
        check=False,
    )
    if "another OpenMP" in ended.stderr:
        pytest.skip(ended.stderr.strip())
    alone, together, after = map(int, ended.stdout.split())
    assert together > 2 * max(alone, after)


def test_without_torch_nobody_waits():
    code = "from jobs.models import company; print(company.threads())"
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "1"


@pytest.mark.parametrize("name", company.CHOSEN)
def test_who_has_chosen_is_left_alone(monkeypatch, name):
    begun = []
    monkeypatch.setattr(company.threading, "Thread", lambda **_: begun.append(1))
    monkeypatch.setenv(name, "1")
    company.watch()
    assert not begun


@pytest.mark.parametrize("error", [OSError, RuntimeError])
def test_nobody_is_held_where_others_can_be_seen_no_more(monkeypatch, error):
    held, looks = [], iter([9.0])

    def look(_):
        try:
            return next(looks)
        except StopIteration:
            raise error from None

    monkeypatch.setattr(company.Others, "look", look)
    monkeypatch.setattr(company.Idle, "hold", lambda _, count: held.append(count))
    monkeypatch.setattr(company, "threads", lambda: 2)
    monkeypatch.setattr(company, "SECONDS", 0.0)
    company._watch()
    assert held[0] > 0
    assert held[1:] == [0]


def test_every_job_is_looked_after_before_its_work_begins(monkeypatch, tmp_path):
    done = []
    store = SimpleNamespace(jobs=SimpleNamespace(get=lambda _: SimpleNamespace(device="cpu")))
    attempt = SimpleNamespace(run=lambda *which: done.append(which) or True)
    monkeypatch.setattr(child.Store, "open", lambda _: store)
    monkeypatch.setattr(child, "_take_locks", lambda *_: [SimpleNamespace(keep_from_forks=int)])
    monkeypatch.setattr(child, "Attempt", lambda *_, **__: attempt)
    monkeypatch.setattr(child.company, "watch", lambda: done.append("looked after"))
    given = child._parser().parse_args(["--home", str(tmp_path), "--job", "7", "--attempt", "1"])
    assert child._work(given, threading.Event()) == 0
    assert done == ["looked after", (7, 1)]

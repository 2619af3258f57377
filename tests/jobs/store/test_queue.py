"""Order and pause: what a person does to the queue, and what runner and child make of it."""

import pytest

from jobs.errors import InputError, NotFound, Unavailable
from jobs.store import Store


def order(store, device="cpu"):
    return [job.id for job in store.jobs.list(states=("queued",), device=device)]


@pytest.fixture
def waiting(store):
    """Jobs 1 to 4 wait for the processor, 5 for a card."""
    for device in ("cpu", "cpu", "cpu", "cpu", "cuda:0"):
        store.jobs.submit("nap", device)
    return store


@pytest.mark.parametrize(
    ("job", "to", "expected"),
    [
        (3, "first", [3, 1, 2, 4]),
        (3, "up", [1, 3, 2, 4]),
        (2, "down", [1, 3, 2, 4]),
        (2, "last", [1, 3, 4, 2]),
        (1, "up", [1, 2, 3, 4]),
        (1, "first", [1, 2, 3, 4]),
        (4, "down", [1, 2, 3, 4]),
        (4, "last", [1, 2, 3, 4]),
    ],
)
def test_a_waiting_job_takes_another_place(waiting, job, to, expected):
    waiting.queue.move(job, to)
    assert order(waiting) == expected
    assert order(waiting, "cuda:0") == [5]
    claimed = []
    while (found := waiting.jobs.claim("cpu")) is not None:
        claimed.append(found.id)
    assert claimed == expected


def test_what_comes_later_stands_behind_what_was_moved(waiting):
    waiting.queue.move(1, "last")
    later = waiting.jobs.submit("nap", "cpu").id
    assert order(waiting) == [2, 3, 4, 1, later]


def test_only_what_waits_has_a_place(waiting):
    waiting.jobs.claim("cpu")
    with pytest.raises(Unavailable, match="running"):
        waiting.queue.move(1, "last")
    with pytest.raises(NotFound):
        waiting.queue.move(99, "last")
    with pytest.raises(InputError, match="first, up, down, last"):
        waiting.queue.move(2, "sideways")
    assert order(waiting) == [2, 3, 4]


def test_a_paused_queue_lets_nothing_begin_and_needs_no_runner(waiting, home, clock):
    waiting.queue.set_paused(True)
    assert waiting.jobs.claim("cpu") is None
    assert waiting.jobs.claim_same("nap", "cpu") is None
    assert waiting.jobs.busy_devices() == ()
    assert waiting.runners.leave_if_idle("cpu")
    again = Store.open(home, clock)  # it is kept in the file
    assert again.queue.paused()
    again.queue.set_paused(False)
    again.close()
    assert set(waiting.jobs.busy_devices()) == {"cpu", "cuda:0"}
    assert not waiting.runners.leave_if_idle("cpu")
    assert waiting.jobs.claim("cpu").id == 1


def test_what_runs_while_the_queue_is_paused_keeps_its_runner(waiting):
    waiting.jobs.claim("cpu")
    waiting.queue.set_paused(True)
    assert waiting.jobs.busy_devices() == ("cpu",)
    assert not waiting.runners.leave_if_idle("cpu")
    waiting.jobs.finish(1, "done")
    assert waiting.runners.leave_if_idle("cpu")

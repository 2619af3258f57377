"""Children that stay for the next job of their kind."""

from jobs.queue import places, processes
from jobs.store.filelock import acquire


def test_a_child_that_stays_answers_on_and_gives_way(runner, store, states, rounds):
    store.jobs.submit("chat", "cpu", payload={"prompt": "one"})
    store.jobs.submit("chat", "cpu", payload={"prompt": "bad"})
    runner.round()
    rounds(lambda: store.jobs.get(2).state == "failed")
    third = store.jobs.submit("chat", "cpu", payload={"prompt": "three"})
    rounds(lambda: store.jobs.get(third.id).state == "done")
    logs = [store.events.log(job_id=n) for n in (1, 2, 3)]
    assert [log.partition(" ")[2] for log in logs] == [
        "answered one",
        "answered bad",
        "answered three",
    ]
    assert len({log.split()[0] for log in logs}) == 1
    assert store.jobs.get(2).error["kind"] == "data"
    assert runner._child.ended() is None
    store.jobs.submit("nap", "cpu")
    runner.run()
    assert states() == ["done", "failed", "done", "done"]


def test_a_child_that_stays_and_hangs_is_made_to_leave(runner, store, home, states):
    """It holds the device's lock, has no job, and a job waits."""
    words = ["sleep", "60"]
    lock = acquire(places.device_lock(home, "cpu"))
    runner._child = processes.start(words, home.jobs / "log", [lock])
    lock.release()
    store.jobs.submit("nap", "cpu")
    runner.run()
    assert states() == ["done"]

"""Full disks, damaged files and failing systems cost no job that they need not."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from jobs.errors import DiskFull
from jobs.home import Home
from jobs.queue import endings, processes
from jobs.queue.runner import Runner
from jobs.store import Store
from jobs.store.database import Damaged


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is full")
@pytest.mark.parametrize(
    ("kind", "payload"), [("fail", {"how": "bug"}), ("chatter", {"megabytes": 1})]
)
def test_an_output_that_cannot_be_written_costs_no_job(store, home, kind, payload):
    """The log lies on the disk that is full: not even the traceback can be told there."""
    store.jobs.submit(kind, "cpu", payload=payload)
    store.jobs.claim("cpu")
    words = [sys.executable, "-P", "-u", "-m", "jobs.queue.child", "--home", str(home.root)]
    with open("/dev/full", "w") as full:
        done = subprocess.run([*words, "--job", "1"], stdout=full, stderr=full, check=False)
    job = store.jobs.get(1)
    if kind == "fail":
        assert (done.returncode, job.state, job.error["kind"]) == (1, "failed", "bug")
        assert "nobody foresaw this" in job.error["detail"]
    else:
        assert (done.returncode, job.state) == (0, "done")


def test_a_child_that_cannot_write_to_its_home_is_no_bug(store, tmp_path):
    store.jobs.submit("nap", "cpu")
    store.jobs.claim("cpu")
    state, error = endings.of_process(store.jobs.get(1), None, endings.NO_HOME, tmp_path / "none")
    assert (state, error["kind"]) == ("failed", "disk")


def test_a_runner_outlives_a_disk_that_is_full_for_its_locks(runner, store, monkeypatch, states):
    from jobs.queue import runner as module

    plain, failures = module.acquire, [OSError(28, "No space left on device")] * 2

    def acquire_later(path, patience=0.0):
        if path.name.startswith("device") and failures:
            raise failures.pop()
        return plain(path, patience)

    monkeypatch.setattr(module, "acquire", acquire_later)
    monkeypatch.setattr(runner, "_sleep", lambda seconds: time.sleep(0.01))
    store.jobs.submit("nap", "cpu")
    runner.run()
    assert states() == ["done"]


def test_a_child_that_cannot_start_fails_its_job_alone(runner, store, monkeypatch, states):
    def refuse(*_):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(processes, "start", refuse)
    store.jobs.submit("nap", "cpu")
    store.jobs.submit("nap", "cpu")
    runner.run()
    assert states() == ["failed", "failed"]
    assert store.jobs.get(1).error["kind"] == "memory"


def test_a_home_that_was_deleted_ends_its_runner(tmp_path):
    home = Home(tmp_path / "gone")
    store = Store.open(home)
    store.jobs.submit("nap", "cpu")
    shutil.rmtree(home.root)
    assert not Runner(store, home, "cpu").round()
    store.close()


def test_a_bad_time_passes(runner, store, monkeypatch, states):
    """The disk is full when the runner wants to write; nothing is lost, it tries again."""
    store.jobs.submit("nap", "cpu")
    failures = [DiskFull("w", "c"), DiskFull("w", "c")]
    claim = store.jobs.claim

    def claim_after_a_while(device):
        if failures:
            raise failures.pop()
        return claim(device)

    monkeypatch.setattr(store.jobs, "claim", claim_after_a_while)
    monkeypatch.setattr(runner, "_sleep", lambda seconds: time.sleep(0.01))
    runner.run()
    assert states() == ["done"]


def test_a_damaged_database_does_not_pass(runner, store, monkeypatch, states):
    """Trying again each second would fill the runner's log, and nothing would come of it."""
    store.jobs.submit("nap", "cpu")

    def damaged(device):
        raise Damaged("what", "cure")

    monkeypatch.setattr(store.jobs, "claim", damaged)
    with pytest.raises(Damaged):
        runner.run()
    assert states() == ["queued"]

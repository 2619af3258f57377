"""Rows become true after processes died."""

import dataclasses

import pytest

from jobs.queue import endings, oom, places, processes
from jobs.queue.attempt import Attempt
from jobs.queue.reconcile import reconcile
from jobs.store.filelock import acquire


@pytest.fixture
def dead(store):
    """A running job whose process is gone: this one's pid with ticks of long ago."""

    def make(boot_id=None, **counted):
        job = store.jobs.submit("nap", "cpu")
        store.jobs.claim("cpu")
        me = processes.me()
        boot_id = boot_id or me.boot_id
        return store.jobs.start(job.id, me.pid, me.ticks - 7, boot_id, **counted)

    return make


def test_a_job_without_a_process_is_interrupted_and_can_go_on(store, home, dead):
    job = dead()
    ended = reconcile(store, home, "cpu")
    assert [j.id for j in ended] == [job.id]
    told = store.jobs.get(job.id)
    assert (told.state, told.error["kind"]) == ("interrupted", "interrupted")
    assert store.jobs.requeue(job.id).state == "queued"


def test_a_job_that_was_claimed_but_never_begun_is_interrupted(store, home):
    job = store.jobs.submit("nap", "cpu")
    store.jobs.claim("cpu")
    reconcile(store, home, "cpu")
    assert store.jobs.get(job.id).state == "interrupted"


def test_a_job_whose_lock_is_held_is_left_alone(store, home, dead):
    job = dead()
    lock = acquire(places.job_lock(home, job.id))
    assert reconcile(store, home, "cpu") == ()
    assert store.jobs.get(job.id).state == "running"
    lock.release()


def test_other_devices_are_left_alone(store, home):
    job = store.jobs.submit("nap", "cuda:0")
    store.jobs.claim("cuda:0")
    assert reconcile(store, home, "cpu") == ()
    assert store.jobs.get(job.id).state == "running"


def test_who_asked_to_stop_gets_a_stop(store, home, dead):
    job = dead()
    store.jobs.request_stop(job.id)
    reconcile(store, home, "cpu", -9)
    assert (store.jobs.get(job.id).state, store.jobs.get(job.id).error) == ("stopped", None)


def test_a_restart_of_the_computer_is_told_as_one(store, home, dead):
    job = dead(boot_id="another boot")
    reconcile(store, home, "cpu")
    told = store.jobs.get(job.id)
    assert told.state == "interrupted"
    assert "switched off or restarted" in told.error["what"]


@pytest.mark.parametrize(
    ("status", "grew", "state", "kind"),
    [
        (-9, 1, "interrupted", "memory"),
        (-9, 0, "interrupted", "interrupted"),
        (-11, 1, "interrupted", "bug"),
        (-15, 1, "interrupted", "interrupted"),
        (None, 1, "interrupted", "memory"),
        (1, 1, "failed", "bug"),
        (0, 0, "failed", "bug"),
    ],
)
def test_an_ending_by_exit_status(store, home, dead, tmp_path, status, grew, state, kind):
    counter = tmp_path / "memory.events"
    counter.write_text(f"oom_kill {5 + grew}\n")
    job = dead(oom_kills=5, oom_counter=str(counter))
    places.job_log(home, job.id).parent.mkdir(parents=True, exist_ok=True)
    places.job_log(home, job.id).write_text("x" * 9000 + "the end")
    reconcile(store, home, "cpu", status)
    told = store.jobs.get(job.id)
    assert (told.state, told.error["kind"]) == (state, kind)
    assert told.error["detail"].endswith("the end")
    assert len(told.error["detail"]) <= 4000


@pytest.mark.parametrize(
    ("kind", "words"),
    [("train", "Resume it"), ("compare", "Compare again"), ("ask", "Ask again"), ("nap", "Start")],
)
def test_the_cure_is_one_that_this_kind_of_job_has(store, home, dead, kind, words):
    job = dataclasses.replace(dead(), kind=kind)
    found = [
        endings.of_process(job, store.jobs.child(job.id), status, places.job_log(home, job.id))[1]
        for status in (-9, -15, -11, None)
    ]
    found += [endings.of_exception(OSError(28, "No space left on device"), kind)[1]]
    found += [endings.of_shutdown(kind)]
    for error in found:
        assert words in error["cure"]
        assert ("Resume" in error["cure"]) == (kind == "train")


def test_a_crash_of_a_library_is_told_as_one(store, home, dead):
    job = dead()
    _, error = endings.of_process(job, store.jobs.child(job.id), -7, places.job_log(home, job.id))
    assert "SIGBUS" in error["what"]
    assert "full disk" in error["cure"]
    assert "report" in error["cure"]
    assert "torch" in error["detail"]


def test_a_job_that_hung_is_told_how_long(store, home, dead):
    job = dead()
    reconcile(store, home, "cpu", -9, 1900.0)
    told = store.jobs.get(job.id)
    assert told.state == "interrupted"
    assert "nothing at all for 32 minutes" in told.error["what"]


def test_where_the_kernel_does_not_say_the_words_name_both(store, dead, tmp_path):
    job = dead(oom_kills=None)
    _, error = endings.of_process(job, store.jobs.child(job.id), -9, tmp_path / "none")
    assert "memory may have run out" in error["cure"]


def test_a_runner_of_another_control_group_looks_at_the_childs_own_counter(store, dead, tmp_path):
    """The runner's own group has seen many a kill, the child's none; and the other way round."""
    own, its = tmp_path / "own", tmp_path / "its"
    own.write_text("oom_kill 900\n")
    its.write_text("oom_kill 5\n")
    job = dead(oom_kills=5, oom_counter=str(its))
    child, log = store.jobs.child(job.id), tmp_path / "none"
    assert endings.of_process(job, child, -9, log)[1]["kind"] == "interrupted"
    its.write_text("oom_kill 6\n")
    assert endings.of_process(job, child, -9, log)[1]["kind"] == "memory"
    its.unlink()  # the group went with its last process: nobody can say
    assert "memory may have run out" in endings.of_process(job, child, -9, log)[1]["cure"]


def test_a_child_writes_down_which_counter_it_began_with(store, home, monkeypatch):
    monkeypatch.setattr(oom, "kills", lambda: oom.Kills(7, "/somewhere/memory.events"))
    job = store.jobs.submit("nap", "cpu", payload={"steps": 0})
    store.jobs.claim("cpu")
    lock = acquire(places.job_lock(home, job.id))
    Attempt(store, home, lock, idle=0.0).run(job.id)
    child = store.jobs.child(job.id)
    assert (child.oom_kills, child.oom_counter) == (7, "/somewhere/memory.events")


def test_the_kernels_count_in_both_versions_of_control_groups(tmp_path):
    def write(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    assert oom.kills(tmp_path) is None
    write("proc/vmstat", "pgfault 7\noom_kill 2\n")
    assert oom.kills(tmp_path) == oom.Kills(2, f"{tmp_path}/proc/vmstat")
    write("proc/self/cgroup", "7:cpu,cpuacct:/box\n5:memory:/box\n")
    write("sys/fs/cgroup/memory/box/memory.oom_control", "oom_kill_disable 0\noom_kill 3\n")
    assert oom.kills(tmp_path).count == 3
    write("proc/self/cgroup", "0::/box\n")
    write("sys/fs/cgroup/box/memory.events", "low 0\noom 9\noom_kill 4\noom_group_kill 0\n")
    assert oom.kills(tmp_path).count == 4
    assert oom.counted(oom.kills(tmp_path).counter) == 4
    assert oom.counted(tmp_path / "gone") is None

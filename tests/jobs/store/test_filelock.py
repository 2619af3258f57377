"""Locks that the kernel drops with their holder."""

import os
import subprocess
import sys
import time

from jobs.store.filelock import Lock, acquire, held

HOLD = """
import sys, time
from pathlib import Path
from jobs.store.filelock import acquire
assert acquire(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_one_holder(tmp_path):
    path = tmp_path / "deep" / "lock"
    assert not held(path)
    lock = acquire(path)
    assert held(path)
    assert acquire(path, patience=0.05) is None
    lock.release()
    lock.release()
    assert not held(path)
    assert acquire(path) is not None


def test_a_killed_holder_holds_no_more(tmp_path):
    path = tmp_path / "lock"
    holder = subprocess.Popen([sys.executable, "-P", "-c", HOLD, path], stdout=subprocess.PIPE)
    holder.stdout.readline()
    assert held(path)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert not held(path)


def test_to_ask_is_not_to_take(tmp_path):
    path = tmp_path / "lock"
    acquire(path).release()
    assert not held(path)
    assert acquire(path) is not None


def test_a_lock_that_was_handed_down_outlives_the_giver_and_reaches_no_grandchild(tmp_path):
    path = tmp_path / "lock"
    lock = acquire(path)
    code = (
        "import subprocess, sys; from jobs.store.filelock import Lock;"
        "Lock(int(sys.argv[1])); subprocess.Popen(['sleep', '3']); print('up', flush=True);"
        "sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", code, str(lock.fd)],
        pass_fds=[lock.fd],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    child.stdout.readline()
    lock.release()
    assert held(path)
    child.stdin.close()
    child.wait()
    assert not held(path)
    child.stdout.close()


def test_a_fork_does_not_keep_it(tmp_path):
    path = tmp_path / "lock"
    lock = acquire(path)
    lock.keep_from_forks()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, b"x")
        time.sleep(5)
        os._exit(0)
    os.read(reader, 1)
    lock.release()
    try:
        assert not held(path)
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    assert isinstance(acquire(path), Lock)

"""Processes are told apart by more than their pid, and start with nothing of their parent's."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

from jobs.queue import processes

LOOK = """
import os
print(os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid())
print(sorted(os.listdir('/proc/self/fd'))[:3], os.readlink('/proc/self/fd/0'))
print('\\n'.join(sorted({os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd')
                         if os.path.exists(f'/proc/self/fd/{fd}')})))
"""


def test_an_identity_is_of_one_process():
    me = processes.me()
    assert me.pid == os.getpid()
    assert processes.identify(os.getpid()) == me
    child = subprocess.Popen(["sleep", "60"])
    assert processes.identify(child.pid) != me
    child.kill()
    child.wait()
    assert processes.identify(child.pid) is None


def test_a_name_with_brackets_and_blanks_is_read(tmp_path):
    odd = tmp_path / "a) R 1 (b"
    odd.symlink_to("/bin/sleep")
    child = subprocess.Popen([odd, "60"], start_new_session=True)
    try:
        found = processes.identify(child.pid)
        assert processes.signal_group(found, signal.SIGKILL)
    finally:
        child.wait()


def test_only_the_very_process_is_signalled():
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    found = processes.identify(child.pid)
    for other in (replace(found, ticks=found.ticks + 1), replace(found, boot_id="x")):
        assert not processes.signal_group(other, signal.SIGKILL)
    assert child.poll() is None
    assert processes.signal_group(found, signal.SIGKILL)
    child.wait()
    assert not processes.signal_group(found, signal.SIGKILL)


def test_what_a_dead_leader_left_behind_is_found_and_ended(tmp_path, wait_for):
    leader = subprocess.Popen(
        ["sh", "-c", "sleep 60 & echo $!; read x"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    orphan = int(leader.stdout.readline())
    found = processes.identify(leader.pid)
    leader.stdin.close()
    leader.wait()
    leader.stdout.close()
    assert processes.identify(found.pid) is None
    assert processes.signal_group(found, signal.SIGKILL)
    wait_for(lambda: processes.identify(orphan) is None)


def test_a_process_starts_detached_and_inherits_no_open_file(tmp_path, wait_for):
    log = tmp_path / "deep" / "log"
    with open(tmp_path / "secret", "w") as secret:
        os.set_inheritable(secret.fileno(), True)
        started = processes.start([sys.executable, "-P", "-c", LOOK], log)
    assert wait_for(lambda: started.ended() is not None)
    assert started.ended() == 0
    text = log.read_text()
    assert text.startswith("True True\n")
    assert "/dev/null" in text
    assert "secret" not in text


def test_who_detaches_does_not_wait_and_keeps_no_zombie(tmp_path, wait_for):
    processes.detach(["sh", "-c", "echo $$; sleep 0.1"], tmp_path / "log")
    pid = int(wait_for(lambda: (tmp_path / "log").read_text()))
    wait_for(lambda: processes.identify(pid) is None, "reaped")

"""Light kinds of work for the tests, found through $ATTUNE_WORK_MODULES."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from jobs.errors import DataError, OutOfMemory


class Nap:
    """Sleeps `seconds`, reporting at each 0.02; stops when asked, unless `deaf`."""

    kind = "nap"

    def run(self, job, store, home, reporter, stay):
        seconds = job.payload.get("seconds", 0.0)
        if job.payload.get("deaf"):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        steps = int(seconds / 0.02)
        reporter.phase("Napping", steps)
        for step in range(1, steps + 1):
            time.sleep(0.02)
            reporter.progress(step, steps)
            reporter.metric(step, {"loss": 1 / step})
            if not job.payload.get("deaf") and reporter.stop_requested():
                return "stopped"
        trail = home.root / "trail.txt"
        with open(trail, "a") as file:
            file.write(f"{job.id}\n")
        return "done"


class Fail:
    """Raises what `how` says."""

    kind = "fail"

    def run(self, job, store, home, reporter, stay):
        how = job.payload["how"]
        if how == "data":
            raise DataError("Row 3 is empty.", "Fill it.")
        if how == "memory":
            raise OutOfMemory("Too little.", "Use less.")
        if how == "exit":
            print("last words", flush=True)
            os._exit(3)
        if how == "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        if how == "disk":
            raise OSError(28, "No space left on device")
        raise ZeroDivisionError("nobody foresaw this")


class Chatter:
    """Writes `megabytes` to its output."""

    kind = "chatter"

    def run(self, job, store, home, reporter, stay):
        for _ in range(job.payload["megabytes"]):
            sys.stdout.write("x" * 1_000_000)
            sys.stderr.write("y" * 100)
        sys.stdout.flush()
        return "done"


class Family:
    """Starts processes of its own, one by exec and one by fork, and waits or leaves them."""

    kind = "family"

    def run(self, job, store, home, reporter, stay):
        by_exec = subprocess.Popen(["sleep", "60"])
        by_fork = os.fork()
        if by_fork == 0:
            time.sleep(60)
            os._exit(0)
        Path(home.root / "family.txt").write_text(f"{by_exec.pid} {by_fork}")
        while not reporter.stop_requested():
            if job.payload.get("leave"):
                return "done"
            time.sleep(0.02)
        return "stopped"


class Cling:
    """Is done, and leaves a thread behind that is not, as a library may."""

    kind = "cling"

    def run(self, job, store, home, reporter, stay):
        threading.Thread(target=time.sleep, args=(60,)).start()
        print("last words", end="")
        return "done"


class Hang:
    """Says one word and then nothing, for ever; its process is well."""

    kind = "hang"

    def run(self, job, store, home, reporter, stay):
        reporter.phase("Hanging", 9)
        self.for_ever()

    def for_ever(self):
        while True:
            time.sleep(1)


class Chat:
    """Stays for further jobs of its kind."""

    kind = "chat"

    def run(self, job, store, home, reporter, stay):
        while job is not None:
            reporter.log(f"{os.getpid()} answered {job.payload['prompt']}")
            if job.payload["prompt"] == "bad":
                error = {"kind": "data", "what": "Bad.", "cure": "Ask better.", "detail": ""}
                job = stay(error=error)
            else:
                job = stay()
        return "done"


works = (Nap(), Fail(), Chatter(), Family(), Cling(), Hang(), Chat())

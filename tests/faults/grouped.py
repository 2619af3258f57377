"""A runner that joins a control group first: `python -m faults.grouped GROUP --home H ...`."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    (Path(sys.argv[1]) / "cgroup.procs").write_text(str(os.getpid()))
    words = [sys.executable, "-P", "-u", "-m", "jobs.queue.runner", *sys.argv[2:]]
    os.execv(sys.executable, words)

"""What server and command line import stays light."""

import subprocess
import sys

CODE = """
import sys
import jobs.store, jobs.queue.runner, jobs.queue.child, jobs.queue.reconcile
import jobs.queue.executors.inline, jobs.queue.executors.local
heavy = {"torch", "peft", "bitsandbytes", "datasets", "accelerate", "alembic"}
heavy |= {"pyarrow", "numpy", "jobs.workspace"}  # half of the time in which a runner starts
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""


def test_store_and_queue_import_nothing_heavy():
    subprocess.run([sys.executable, "-P", "-c", CODE], check=True)

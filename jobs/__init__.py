"""The engine of Attune: everything that works without a browser.

Pages, command line and scripts use the names of `jobs/public.py`, from here, and nothing deeper.
They are loaded when the first of them is asked for: runner and child, which begin with every job,
use their own parts alone and start in half the time.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobs.public import *  # noqa: F403
else:

    def __getattr__(name):
        import importlib

        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(importlib.import_module("jobs.public"), name)

"""Libraries of compiled code that were built along with the package, where there was a compiler.

Whoever asks gets None without it (no compiler, another machine, another version,
`ATTUNE_COMPILED=0`) and goes a slower way to the same results. A library is opened by ctypes: it
needs nothing of Python's own headers, and other threads work on meanwhile.
"""

from __future__ import annotations

import ctypes
import os
import sysconfig
from pathlib import Path


def library(folder: Path, version: int, name: str = "passes") -> ctypes.CDLL | None:
    """The library in `folder` whose functions take what this `version` gives them."""
    if os.environ.get("ATTUNE_COMPILED") == "0":
        return None
    path = folder / f"{name}{sysconfig.get_config_var('EXT_SUFFIX')}"
    try:
        opened = ctypes.CDLL(str(path))
        fits = opened.passes_version() == version
    except (OSError, AttributeError):
        return None
    return opened if fits else None

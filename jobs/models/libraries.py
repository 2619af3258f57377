"""The libraries under the models, imported quietly and without a look at the network.

bitsandbytes asks the package `kernels`, where that is installed, to fetch a kernel from the Hub
as soon as it is imported on a processor with AVX512-BF16, and logs a warning where it is not.
peft imports bitsandbytes: so call `prepare` before the first import of either.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


def prepare() -> None:
    """Import bitsandbytes without the package `kernels`, and so without the network.

    Without bitsandbytes nothing happens: LoRA and prompt tuning do not need it.
    """
    # transformers asks the Hub for kernels too where this is not said before its import.
    os.environ.setdefault("USE_HUB_KERNELS", "0")
    if "bitsandbytes" in sys.modules:
        return
    logger = logging.getLogger("bitsandbytes.backends.cpu.ops")
    with _hidden("kernels"), _level(logger, logging.ERROR):
        try:
            import bitsandbytes  # noqa: F401
        except ImportError:
            return


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars, load reports or hints of transformers and peft while this lasts."""
    from transformers.utils import logging as their_logging

    before = their_logging.get_verbosity()
    bars = their_logging.is_progress_bar_enabled()
    their_logging.set_verbosity_error()
    their_logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        their_logging.set_verbosity(before)
        if bars:
            their_logging.enable_progress_bar()


@contextmanager
def _hidden(name: str) -> Iterator[None]:
    """Importing `name` fails while this lasts."""
    held = {key: sys.modules.pop(key) for key in list(sys.modules) if key.split(".")[0] == name}
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        sys.modules.update(held)


@contextmanager
def _level(logger: logging.Logger, level: int) -> Iterator[None]:
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)

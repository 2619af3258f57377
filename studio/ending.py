"""How the server ends: pages that are still open are let go of without a word."""

from __future__ import annotations

import asyncio
import logging


class LettingGo(logging.Filter):
    """Keeps from the terminal what uvicorn says of requests that it cuts off at its end.

    An open page holds a request for as long as it is open, so there is one nearly every time; what
    uvicorn prints of it reads like a crash.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this is said: all but that a task was cancelled."""
        raised = record.exc_info[0] if record.exc_info else None
        if raised is not None and issubclass(raised, asyncio.CancelledError):
            return False
        return not str(record.msg).startswith("Cancel %s running task(s)")


def let_go_quietly() -> None:
    """From here on; once is enough for a process."""
    said = logging.getLogger("uvicorn.error")
    if not any(isinstance(one, LettingGo) for one in said.filters):
        said.addFilter(LettingGo())

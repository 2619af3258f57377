"""Answers that come late, as they do on a busy machine."""

from __future__ import annotations

import time
from typing import Any

import pytest

SECONDS = 3.0


def late_once(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[bool]:
    """Append True, and the next call of `owner.name` is late; empty again once it was made."""
    real, waits = getattr(owner, name), list[bool]()

    def late(*args: Any, **more: Any) -> Any:
        if waits and waits.pop():
            time.sleep(SECONDS)
        return real(*args, **more)

    monkeypatch.setattr(owner, name, late)
    return waits

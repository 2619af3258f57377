"""Who is signed in: a file a browser, named by the hash of what its cookie holds.

Files outlive the server, so that a restart signs nobody out; and taking one away signs out at
once, which a signed cookie cannot.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.passwords import write_for_owner

DAYS = 30  # since it was last used
_DAY = 86_400.0
_LONGEST = 100  # characters of a cookie that are looked at


@dataclass(frozen=True)
class Sessions:
    """The signed-in browsers of a home; `folder` is the home's `login/sessions`."""

    folder: Path
    clock: Callable[[], float] = time.time

    def begin(self, mark: str) -> str:
        """Sign a browser in under the password of this mark; what its cookie is to hold."""
        self.sweep()
        token = secrets.token_urlsafe(32)
        path = self._path(token)
        write_for_owner(path, mark.encode())
        self._touch(path)
        return token

    def alive(self, token: str, mark: str) -> bool:
        """Whether a cookie's content is of a browser that signed in with the present password."""
        if not token or len(token) > _LONGEST or not mark:
            return False
        path, now = self._path(token), self.clock()
        try:
            used = path.stat().st_mtime
            if now - used > DAYS * _DAY or path.read_bytes() != mark.encode():
                return False
        except OSError:
            return False
        if abs(now - used) > _DAY:
            self._touch(path)
        return True

    def end(self, token: str) -> None:
        """Sign one browser out."""
        self._path(token).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Take away what nobody used for `DAYS`."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            with contextlib.suppress(OSError):
                if self.clock() - path.stat().st_mtime > DAYS * _DAY:
                    path.unlink()

    def _path(self, token: str) -> Path:
        return self.folder / hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

    def _touch(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            os.utime(path, (self.clock(), self.clock()))

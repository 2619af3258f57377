"""The studio's password: kept as a scrypt hash in a file that only its owner can read."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs import InputError

SHORTEST, LONGEST = 8, 1000  # characters

# OWASP's password storage sheet has N = 2^15, r = 8, p = 3 among its equals: 32 MiB, and about a
# quarter of a second on one core.
COST: dict[str, int] = {"n": 2**15, "r": 8, "p": 3}
_ROOM = 64 * 2**20  # bytes that hashlib may take; its own default is just too little for N


@dataclass(frozen=True)
class Passwords:
    """The one password of a home folder; `folder` is the home's `login`."""

    folder: Path

    @property
    def _file(self) -> Path:
        return self.folder / "password.json"

    def known(self) -> bool:
        """Whether a password was set."""
        return self._file.is_file()

    def mark(self) -> str:
        """Tells this password from the one before it; "" where none can be read."""
        return str(self._kept().get("mark", ""))

    def set(self, password: str) -> None:
        """Keep a new password; who was signed in with another one is not any more."""
        if len(password) < SHORTEST:
            raise InputError(
                f"The password has fewer than {SHORTEST} characters.",
                "Choose a longer one: a few words that nobody else would put together.",
            )
        if len(password) > LONGEST:
            raise InputError(
                f"The password has more than {LONGEST} characters.", "Choose a shorter one."
            )
        salt = secrets.token_bytes(16)
        kept = {
            "scheme": "scrypt",
            **COST,
            "salt": salt.hex(),
            "hash": _hash(password, salt, COST).hex(),
            "mark": secrets.token_hex(8),
        }
        write_for_owner(self._file, json.dumps(kept).encode())

    def forget(self) -> None:
        """Remove the password."""
        self._file.unlink(missing_ok=True)

    def matches(self, password: str) -> bool:
        """Whether this is the password; takes the time of a hash, also where there is none."""
        kept = self._kept()
        try:
            cost = {key: int(kept.get(key, usual)) for key, usual in COST.items()}
            salt, known = bytes.fromhex(kept.get("salt", "")), bytes.fromhex(kept.get("hash", ""))
            tried = _hash(password[:LONGEST], salt, cost)
        except (TypeError, ValueError):  # somebody wrote into the file
            return False
        return len(password) <= LONGEST and hmac.compare_digest(tried, known)

    def _kept(self) -> dict[str, Any]:
        """What the file holds; nothing where it cannot be read, so that nothing matches it."""
        try:
            kept = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}


def write_for_owner(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, never readable by anybody but its owner."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)


def _hash(password: str, salt: bytes, cost: dict[str, int]) -> bytes:
    # The same letters typed on another keyboard can be other code points.
    plain = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(plain, salt=salt, maxmem=_ROOM, dklen=32, **cost)

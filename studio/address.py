"""Where the studio listens, what it is called, and who may reach it there."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from jobs import InputError
from studio.passwords import Passwords

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Address:
    """Where the studio listens, and what else it is called; with a certificate it speaks HTTPS."""

    host: str = "127.0.0.1"
    port: int = 7860
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None

    @property
    def loopback(self) -> bool:
        return self.host in LOOPBACK

    @property
    def everywhere(self) -> bool:
        """Whether it listens on every address of this machine."""
        return self.host in ("0.0.0.0", "::", "")

    @property
    def url(self) -> str:
        scheme = "https" if self.certificate else "http"
        host = "127.0.0.1" if self.everywhere else self.host
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"

    def hosts(self) -> frozenset[str]:
        """The names that it answers to."""
        own = () if self.loopback else (self.host, socket.gethostname())
        return LOOPBACK | {name.lower().rstrip(".") for name in (*own, *self.names) if name}


def check_address(address: Address, passwords: Passwords) -> None:
    """Any address but this machine's own needs a password; a key needs its certificate."""
    if not address.loopback and not passwords.known():
        raise InputError(
            f"On {address.host} others can reach the studio, and it has no password yet.",
            "Set one with “attune password” or $ATTUNE_PASSWORD, or use 127.0.0.1 and a tunnel "
            "(ssh -L 7860:127.0.0.1:7860).",
        )
    if address.key and not address.certificate:
        raise InputError("There is a --key without its --certificate.", "Give both.")
    for path in (address.certificate, address.key):
        if path is not None and not path.is_file():
            raise InputError(f"There is no file “{path}”.", "Give the path of a PEM file.")
    if address.certificate:
        _check_pair(address.certificate, address.key)


def _check_pair(certificate: Path, key: Path | None) -> None:
    """A certificate and its key belong together; a key with a password is looked at by uvicorn."""
    asked = False

    def password() -> str:
        nonlocal asked
        asked = True
        return ""

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password)
    except ssl.SSLError as error:
        if not asked:
            held = f"“{certificate}”" + (f" and “{key}”" if key else "")
            raise InputError(
                f"What stands in {held} is no certificate with its key.",
                "Give the PEM file of a certificate, and with --key that of the key it was made "
                "with.",
            ) from error

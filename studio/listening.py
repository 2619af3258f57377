"""The port that the studio listens on, and what keeps it from being had, in words."""

from __future__ import annotations

import errno
import socket

from jobs import AttuneError, Unavailable
from studio.address import Address

WAITING = 128  # connections that wait while the pages are still being built


def listen(address: Address) -> socket.socket:
    """A socket that listens already: of two studios that begin at once only one may have it."""
    try:
        found = socket.getaddrinfo(address.host or None, address.port, type=socket.SOCK_STREAM,
                                   flags=socket.AI_PASSIVE)  # fmt: skip
        family, kind, protocol, _, place = found[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _refused(address, error) from error
    try:
        # A studio that has just ended leaves its port waiting for a minute.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(WAITING)
    except OSError as error:
        listening.close()
        raise _refused(address, error) from error
    return listening


def _refused(address: Address, error: OSError) -> AttuneError:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return Unavailable(
            f"“{address.host}” is no address of this machine.",
            "Use 127.0.0.1, or 0.0.0.0 for every address that it has.",
        )
    what = f"Port {address.port} of {address.host} cannot be had"
    if error.errno == errno.EACCES:
        return Unavailable(
            f"{what}: this account may not listen on it.", "Choose one above 1023 with --port."
        )
    if error.errno == errno.EADDRINUSE:
        return Unavailable(
            f"{what}: something listens there already, perhaps a studio that is still open.",
            "Choose another with --port, or end what uses it.",
        )
    return Unavailable(f"{what}: {error.strerror or error}.", "Choose another with --port.")

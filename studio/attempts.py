"""How often somebody may guess the password."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable

FREE = 5  # wrong guesses of an address before it has to wait
LONGEST = 300.0  # seconds that an address waits at most
FORGOTTEN = 3600.0  # seconds after which an address begins anew
MINUTE = 60.0
ALL = 60  # wrong guesses a minute from all addresses together
ADDRESSES = 10_000  # remembered at most


class Attempts:
    """Wrong guesses by address: five are free, then the wait doubles from a second upwards.

    A whole network of guessers is held to `ALL` a minute; who is signed in notices none of it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()  # count, the last one's
        self._recent: deque[float] = deque(maxlen=ALL)

    def wait(self, address: str) -> float:
        """Seconds until this address may guess; 0 where it may now."""
        now = self._clock()
        crowd = self._recent[0] + MINUTE - now if len(self._recent) == ALL else 0.0
        count, last = self._wrong.get(place(address), (0, now))
        if count < FREE or now - last > FORGOTTEN:
            return max(0.0, crowd)
        pause = min(LONGEST, 2.0 ** min(count - FREE, 20))
        return max(0.0, crowd, last + pause - now)

    def failed(self, address: str) -> None:
        """Count a wrong guess."""
        now, key = self._clock(), place(address)
        count, last = self._wrong.pop(key, (0, now))
        self._wrong[key] = (1 if now - last > FORGOTTEN else count + 1, now)
        while len(self._wrong) > ADDRESSES:
            self._wrong.popitem(last=False)
        self._recent.append(now)

    def passed(self, address: str) -> None:
        """Forget the wrong guesses of an address that knew the password."""
        self._wrong.pop(place(address), None)


def place(address: str) -> str:
    """One guesser: an IPv4 address, or the /64 that a home or a server has of IPv6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)

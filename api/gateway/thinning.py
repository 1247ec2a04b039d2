"""Which refusals get a record of their own, so that a flood of them fills no disk and is still told of.

Of each address the first 20 refusals of a minute are recorded one by one, and after them each whose number
is a power of two, so that a million of them leaves 36 records, the last of which tells of at least half.
The same holds for all addresses together and their first 200, so that a flood from many of them leaves no
more than some hundreds. Networks of IPv6 count as one address by their first 64 bits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

EACH, ALL = 20, 200
"""Refusals of a minute that are recorded one by one: of an address, and of all together."""
MINUTE_S = 60.0


class Thinning:
    """Counts refusals minute by minute; ``clock`` gives seconds that never step back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._minute, self._all = -1, 0
        self._each: dict[str, int] = {}
        self._lock = threading.Lock()

    def count(self, address: str) -> tuple[int, bool]:
        """Count a refusal; return how many of the address this minute has, and whether to record this one."""
        place, minute = _network(address), int(self._clock() / MINUTE_S)
        with self._lock:
            if minute != self._minute:
                self._minute, self._all, self._each = minute, 0, {}
            self._all += 1
            # who is not among the first of a flood has no count of its own
            place = place if place in self._each or len(self._each) < ALL else "others"
            self._each[place] = number = self._each.get(place, 0) + 1
            return number, _is_told(number, EACH) and _is_told(self._all, ALL)


def _is_told(number: int, first: int) -> bool:
    return number <= first or number & (number - 1) == 0


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(found) >> 64 << 64)) if isinstance(found, IPv6Address) else address

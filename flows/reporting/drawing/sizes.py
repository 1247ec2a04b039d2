"""Each chart is drawn twice, for a page and for a phone: text that is scaled down cannot be read."""

from __future__ import annotations

from typing import NamedTuple


class Size(NamedTuple):
    """How large a chart is drawn, in pixels."""

    width: int
    name: str
    """The class that shows it where it fits."""

    @property
    def narrow(self) -> bool:
        """Whether it is drawn for a phone."""
        return self is NARROW

    @property
    def strips(self) -> int:
        """Into how many strips the pointer's readout divides the width."""
        return self.width // 6

    @property
    def ticks(self) -> int:
        """How many labels fit beside each other at most."""
        return self.width // 85

    @property
    def least_left(self) -> int:
        """The room for the labels of the vertical axis, so that charts below each other are in line."""
        return 50 if self.narrow else 60


WIDE = Size(960, "wide")
NARROW = Size(360, "narrow")
SIZES = (WIDE, NARROW)

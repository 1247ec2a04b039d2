"""The area that a chart over time draws in: its scales, grid and labels."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from flows.reporting.drawing.scale import Scale
from flows.reporting.drawing.sizes import Size
from flows.reporting.drawing.svg import element
from flows.reporting.drawing.ticks import Ticks
from flows.reporting.drawing.time_ticks import SECOND_NS, time_ticks
from flows.reporting.words import plain

TOP, BOTTOM, RIGHT = 26, 24, 14
CHARACTER = 6.9  # of a label


@dataclass(frozen=True, slots=True)
class Plot:
    """Axes over time: ``x`` takes nanoseconds, ``y`` values, to pixels."""

    size: Size
    height: int
    x: Scale
    y: Scale
    ticks: Ticks
    unit: str

    @classmethod
    def of(cls, size: Size, height: int, span: tuple[int, int], ticks: Ticks, unit: str = "") -> Plot:
        """Return axes over ``span`` (ns) and the ticks' range, as wide as the labels leave room for."""
        labels = (plain(value, ticks.decimals) + unit for value in ticks.values)
        left = max(size.least_left, 10 + CHARACTER * max(map(len, labels)))
        end = max(span[1], span[0] + SECOND_NS)
        x = Scale(span[0], end, left, size.width - RIGHT)
        return cls(size, height, x, Scale(ticks.low, ticks.high, height - BOTTOM, TOP), ticks, unit)

    @property
    def top(self) -> float:
        """Return the pixel of the upper edge."""
        return self.y.stop

    @property
    def bottom(self) -> float:
        """Return the pixel of the lower edge."""
        return self.y.start

    @property
    def left(self) -> float:
        """Return the pixel of the left edge."""
        return self.x.start

    @property
    def right(self) -> float:
        """Return the pixel of the right edge."""
        return self.x.stop

    @property
    def words(self) -> float:
        """Return the pixel where the words above the chart begin."""
        return 4 if self.size.narrow else self.x.start

    def grid(self) -> Markup:
        """Return the lines behind everything, and the labels of both axes."""
        return Markup("").join([*self._levels(), *self._times()])

    def chart(self, about: str, *inside: Markup) -> Markup:
        """Return the whole as one picture; ``about`` is for those who cannot see it."""
        box = f"0 0 {self.size.width} {self.height}"
        return element("svg", *inside, viewBox=box, class_=self.size.name, role="img", aria_label=about)

    def _levels(self) -> list[Markup]:
        found = []
        for value in self.ticks.values:
            y = self.y(value)
            found.append(element("line", class_="grid", x1=self.left, x2=self.right, y1=y, y2=y))
            words = plain(value, self.ticks.decimals) + self.unit
            found.append(element("text", words, class_="label end", x=self.left - 6, y=y + 4))
        return found

    def _times(self) -> list[Markup]:
        found = []
        for ts, label in time_ticks(int(self.x.low), int(self.x.high), self.size.ticks):
            x = self.x(ts)
            found.append(element("line", class_="mark", x1=x, x2=x, y1=self.bottom, y2=self.bottom + 4))
            place = "end" if x > self.right - 20 else "start" if x < self.left + 2 else "middle"
            at = min(x, self.right + RIGHT - 2) if place == "end" else x
            found.append(element("text", label, class_=f"label {place}", x=at, y=self.bottom + 17))
        return found

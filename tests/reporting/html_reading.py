"""A page taken apart: its tags, and the words and table rows of each section."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "img", "link", "hr", "input"}


@dataclass
class Node:
    """An element with what is inside, in order."""

    tag: str
    attributes: dict[str, str | None]
    inside: list[Node | str] = field(default_factory=list)

    def all(self, tag: str) -> list[Node]:
        """Return every element of a kind below this one."""
        found = []
        for node in self.inside:
            if isinstance(node, Node):
                found += [node] * (node.tag == tag) + node.all(tag)
        return found

    def every(self) -> list[Node]:
        """Return every element below this one."""
        nodes = [node for node in self.inside if isinstance(node, Node)]
        return [each for node in nodes for each in (node, *node.every())]

    def styled(self, name: str) -> list[Node]:
        """Return every element below this one that has the class."""
        return [node for node in self.every() if name in (node.attributes.get("class") or "").split()]

    @property
    def text(self) -> str:
        """Return its words, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def rows(self) -> list[list[str]]:
        """Return the words of each cell of each row of the tables inside, without those in small print."""
        return [
            [cell.text for cell in row.inside if isinstance(cell, Node)]
            for row in self.all("tr")
        ]  # fmt: skip

    def _texts(self) -> list[str]:
        found = []
        for node in self.inside:
            found += [node] if isinstance(node, str) else [] if node.tag == "small" else [*node._texts(), " "]
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.path = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs))
        self.path[-1].inside.append(node)
        if tag not in VOID:
            self.path.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.path[-1].tag == tag, f"</{tag}> closes <{self.path[-1].tag}>"
        self.path.pop()

    def handle_data(self, data: str) -> None:
        self.path[-1].inside.append(data)


def read(html: str) -> Node:
    """Return the root of a page, every element of which is closed where it must be."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.path) == 1, f"<{reader.path[-1].tag}> is never closed"
    return reader.path[0]


def section(root: Node, anchor: str) -> Node:
    """Return the element with an id."""
    return next(node for node in root.every() if node.attributes.get("id") == anchor)

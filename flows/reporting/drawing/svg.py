"""SVG elements as escaped text: what is not markup already is escaped, wherever it comes from."""

from __future__ import annotations

from markupsafe import Markup, escape

Attribute = str | float | None


def element(name: str, *inside: str, **attributes: Attribute) -> Markup:
    """Return an element around what is ``inside``.

    Its name and those of attributes are our own and taken as they are; an attribute's underscores become
    hyphens, one behind the name is dropped (``class_``), and None leaves it out. Numbers are in pixels and
    written to a tenth.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_written(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{written}>{''.join(map(escape, inside))}</{name}>")  # noqa: S704 - escaped above


def number(value: float) -> str:
    """Return a number of pixels, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def _written(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else number(value)

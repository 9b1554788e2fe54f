"""How a drop format of plain text may differ from title, body, timestamp: the config's ``layout:``."""

from __future__ import annotations

from dataclasses import dataclass

from feedpub.core.yaml_node import Node
from feedpub.sources.fieldnames import CANONICAL

ORDERS = ("title body date", "title date body", "date title body")


@dataclass(frozen=True, slots=True)
class TextLayout:
    """The lines of a text record.

    ``order`` is one of :data:`ORDERS`. ``separator`` is a line that ends each record; without one the date
    does. ``headers`` maps a folded ``Name`` of header lines ``Name: value`` to an article's field.
    """

    order: str = ORDERS[0]
    separator: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def parse_layout(node: Node) -> TextLayout:
    """Return the layout that ``node`` describes. Raises :class:`~feedpub.core.errors.ConfigError`."""
    keys = node.fields(("order", "separator", "headers"))
    order = keys["order"].choice(ORDERS) if "order" in keys else ORDERS[0]
    separator = keys["separator"].text().strip() if "separator" in keys else ""
    if order != ORDERS[0] and not separator:
        raise node.error(
            f"the order {order!r} needs a separator line",
            'name the line between records, as in separator: "---"',
        )
    headers: list[tuple[str, str]] = []
    if "headers" in keys:
        for name, item in keys["headers"].mapping().items():
            headers.append((name.strip().casefold(), item.choice(CANONICAL)))
        if not separator and any(field == "published" for _, field in headers):
            # Without a separator it is the date's line that ends a record.
            raise node.error(
                "a date in a header line needs a separator line", 'name it, as in separator: "---"'
            )
    return TextLayout(order, separator, tuple(headers))

"""One item of the config's ``sources:`` list, compiled to a frozen, picklable :class:`SourceSpec`."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

from feedpub.articles.article import (
    Author,
    Origin,
)
from feedpub.articles.ids import feed_key
from feedpub.core.errors import Where, install_hint
from feedpub.core.yaml_node import Node
from feedpub.dates.settings import parse_policy
from feedpub.sources.boilerplate import fold_heading
from feedpub.sources.field_names import CANONICAL
from feedpub.sources.readers import FORMATS, missing_extra
from feedpub.sources.withheld import fold_status
from feedpub.text.dates import DEFAULT, DatePolicy

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


SOURCE_KEYS = (
    "path",
    "format",
    "timezone",
    "dates",
    "encoding",
    "fields",
    "body",
    "namespace",
    "layout",
    "boilerplate",
    "related_links",
    "repair_mojibake",
    "published_when",
)


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where articles come from and how they are to be read.

    ``patterns`` are globs relative to ``base``, the config's folder, or URLs, or ``-`` for standard input.
    ``own`` are the folders that feedpub itself writes into: no file in them is an input.
    ``format`` is a name of the table of formats, or nothing to go by extension and content. ``encoding`` is
    the one to fall back on where bytes are not UTF-8. ``fields`` maps an article's fields to the source's
    names; ``html_body`` says that bodies of text, JSON and tables are HTML. ``namespace`` keeps this source's own
    ids apart from those of others. ``boilerplate`` holds folded headings. ``published_when`` are the folded words of
    a status with which alone a record is public. ``where`` is the place in the config.
    """

    patterns: tuple[str, ...]
    base: Path
    own: tuple[Path, ...] = ()
    format: str | None = None
    dates: DatePolicy = DEFAULT
    encoding: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    html_body: bool = False
    namespace: str | None = None
    layout: TextLayout = field(default_factory=TextLayout)
    boilerplate: frozenset[str] = frozenset()
    related_links: tuple[str, ...] = ()
    repair_mojibake: bool = False
    published_when: frozenset[str] = frozenset()
    where: Where | None = None

    @property
    def path(self) -> str:
        """The patterns as one text, for messages about the source."""
        return ", ".join(self.patterns)


def parse_source(node: Node, base: Path, own: tuple[Path, ...] = ()) -> SourceSpec:
    """Return the source that ``node`` describes. Raises :class:`~feedpub.core.errors.ConfigError`."""
    keys = node.fields(SOURCE_KEYS, required=("path",))
    return SourceSpec(
        patterns=tuple(item.path().strip() for item in keys["path"].items(single=True)),
        base=base,
        own=own,
        format=_format(keys["format"]) if "format" in keys else None,
        dates=parse_policy(keys.get("timezone"), keys.get("dates")),
        encoding=_encoding(keys["encoding"]) if "encoding" in keys else None,
        fields=_fields(keys["fields"]) if "fields" in keys else (),
        html_body="body" in keys and keys["body"].choice(("text", "html")) == "html",
        namespace=keys["namespace"].text() if "namespace" in keys else None,
        layout=parse_layout(keys["layout"]) if "layout" in keys else TextLayout(),
        boilerplate=frozenset(fold_heading(text) for text in _texts(keys.get("boilerplate"))),
        related_links=_texts(keys.get("related_links")),
        repair_mojibake="repair_mojibake" in keys and _repair(keys["repair_mojibake"]),
        published_when=frozenset(fold_status(text) for text in _texts(keys.get("published_when"))),
        where=node.where,
    )


def _texts(node: Node | None) -> tuple[str, ...]:
    return tuple(item.text().strip() for item in node.items(single=True)) if node is not None else ()


def _format(node: Node) -> str:
    name = node.choice([known.name for known in FORMATS])
    if extra := missing_extra(name):
        raise node.error(f"the format {name!r} needs a further package", install_hint(extra))
    return name


def _encoding(node: Node) -> str:
    name = node.text()
    try:
        found = codecs.lookup(name)
        # Codecs such as "rot13" and "zlib" read no text from bytes.
        text = found.decode(b"")[0]
    except (LookupError, ValueError, AttributeError, TypeError):
        text = None
    if not isinstance(text, str):
        raise node.error(f"there is no text encoding {name!r}", "write one such as cp1252 or shift_jis")
    return found.name


def _fields(node: Node) -> tuple[tuple[str, str], ...]:
    return tuple((name, item.text()) for name, item in node.fields(CANONICAL).items())


def _repair(node: Node) -> bool:
    wanted = node.flag()
    if wanted and find_spec("ftfy") is None:
        raise node.error("the repair of mojibake needs ftfy", install_hint("repair"))
    return wanted


@dataclass(frozen=True, slots=True)
class Reading:
    """What every record of one file shares: its source, its name for origins, and who mints the ids.

    ``feed`` is the key of the feed that it is, see :func:`feedpub.articles.ids.feed_key`; empty where it is none.
    ``credit`` is who wrote the entries of that feed that name no author. ``charset`` is the encoding that a server
    named for the file, in its HTTP header.
    """

    spec: SourceSpec
    file: str
    authority: str
    feed: str = ""
    credit: tuple[Author, ...] = ()
    charset: str = ""

    def of_feed(self, *candidates: str | None, authors: tuple[Author, ...] = (), title: str = "") -> Reading:
        """Return the reading of a file that is a feed: its id, its own address and its page are ``candidates``.

        Entries that name no author are credited to its ``authors``, else to the feed by its ``title``: never to the
        site that combines them.
        """
        *own, page = candidates
        fetched = self.file if self.file.startswith(("http://", "https://")) else None
        name = " ".join(title.split()) or feed_key(*own, fetched, page)
        credit = authors or ((Author(name),) if name else ())
        return replace(self, feed=feed_key(*own, fetched, page, self.spec.path), credit=credit)

    def origin(self, first: int, last: int, column: int = 0) -> Origin:
        """Return the place of an item by its first and last line (1-based)."""
        return Origin(self.file, first, last, column)

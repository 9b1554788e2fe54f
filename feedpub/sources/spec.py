"""One item of the config's ``sources:`` list, compiled to a frozen, picklable :class:`SourceSpec`."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from feedpub.dates import DEFAULT, DatePolicy, parse_policy
from feedpub.errors import Where
from feedpub.located import Node
from feedpub.sources.boilerplate import fold_heading

KEYS = ("path", "timezone", "dates", "boilerplate", "related_links", "encoding")


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where articles come from and how they are to be read.

    ``patterns`` are globs relative to ``base``, the config's folder; ``boilerplate`` holds folded headings;
    ``encoding`` is the one to fall back on where bytes are not UTF-8. ``where`` is the place in the config.
    """

    patterns: tuple[str, ...]
    base: Path
    dates: DatePolicy = DEFAULT
    boilerplate: frozenset[str] = frozenset()
    related_links: tuple[str, ...] = ()
    encoding: str | None = None
    where: Where | None = None

    @property
    def path(self) -> str:
        """The patterns as one text, for messages about the source."""
        return ", ".join(self.patterns)


def parse_source(node: Node, base: Path) -> SourceSpec:
    """Return the source that ``node`` describes. Raises :class:`~feedpub.errors.ConfigError`."""
    keys = node.fields(KEYS, required=("path",))
    return SourceSpec(
        patterns=tuple(item.text() for item in keys["path"].items(single=True)),
        base=base,
        dates=parse_policy(keys.get("timezone"), keys.get("dates")),
        boilerplate=frozenset(fold_heading(text) for text in _texts(keys.get("boilerplate"))),
        related_links=_texts(keys.get("related_links")),
        encoding=_encoding(keys["encoding"]) if "encoding" in keys else None,
        where=node.where,
    )


def _texts(node: Node | None) -> tuple[str, ...]:
    return tuple(item.text().strip() for item in node.items(single=True)) if node is not None else ()


def _encoding(node: Node) -> str:
    name = node.text()
    try:
        found = codecs.lookup(name)
        # Codecs such as "rot13" and "zlib" do not read text from bytes.
        found.decode(b"")[0].encode("ascii")
    except (LookupError, ValueError, AttributeError, TypeError):
        raise node.error(
            f"there is no text encoding {name!r}", "write one such as cp1252 or shift_jis"
        ) from None
    return found.name

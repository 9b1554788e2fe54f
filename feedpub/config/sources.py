"""The section ``sources:`` of a config → :class:`SourceSpec`, its date policy and its text layout included."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import available_timezones

from feedpub.core.errors import install_hint
from feedpub.core.yaml_node import Node, did_you_mean
from feedpub.sources.boilerplate import fold_heading
from feedpub.sources.field_names import CANONICAL
from feedpub.sources.readers import FORMATS, missing_extra
from feedpub.sources.spec import ORDERS, SourceSpec, TextLayout
from feedpub.sources.withheld import fold_status
from feedpub.text.dates.policy import AMBIGUOUS, EPOCHS, NONEXISTENT, DatePolicy, compile_format
from feedpub.text.dates.zones import UnknownZoneError, is_zone, parse_offset

DATE_KEYS = (
    "ambiguous",
    "nonexistent",
    "formats",
    "zones",
    "day_first",
    "two_digit_years",
    "languages",
    "horizon",
)


def parse_policy(timezone: Node | None, dates: Node | None) -> DatePolicy:
    """Return the policy of a source's ``timezone`` and ``dates`` values; either may be absent.

    Raises :class:`~feedpub.core.errors.ConfigError` with the place and what would be right.
    """
    zone = _zone_name(timezone) if timezone is not None else None
    keys: Mapping[str, Node] = dates.fields(DATE_KEYS) if dates is not None else {}
    years = keys["two_digit_years"].integer(minimum=1900, maximum=2099) if "two_digit_years" in keys else None
    return DatePolicy(
        zone=zone,
        ambiguous=keys["ambiguous"].choice(AMBIGUOUS) if "ambiguous" in keys else "earlier",
        nonexistent=keys["nonexistent"].choice(NONEXISTENT) if "nonexistent" in keys else "shift",
        formats=tuple(_date_format(node, years) for node in keys["formats"].items(single=True))
        if "formats" in keys
        else (),
        zone_names=tuple(_meaning(name, node) for name, node in keys["zones"].mapping().items())
        if "zones" in keys
        else (),
        day_first=keys["day_first"].flag() if "day_first" in keys else None,
        two_digit_years=years,
        languages=tuple(_language(node) for node in keys["languages"].items(single=True))
        if "languages" in keys
        else (),
        horizon=keys["horizon"].integer(minimum=1901, maximum=9998)
        if "horizon" in keys
        else DatePolicy().horizon,
    )


def _zone_name(node: Node) -> str:
    name = node.text()
    if is_zone(name):
        return name
    remedy = (
        did_you_mean(name, available_timezones())
        or "write a zone of the IANA database, as Europe/Paris or UTC"
    )
    raise node.error(f"there is no time zone {name!r}", remedy)


def _date_format(node: Node, years: int | None) -> str:
    pattern = node.text()
    if pattern in EPOCHS:
        return pattern
    try:
        compile_format(pattern)
    except ValueError as error:
        raise node.error(f"the date format {pattern!r} {error}") from None
    if years is None and ("%y" in pattern or "%D" in pattern):
        raise node.error(
            f"the date format {pattern!r} has a year of two digits",
            "declare the first year they mean, as in two_digit_years: 1950",
        )
    return pattern


def _language(node: Node) -> str:
    code = node.text()
    if find_spec("dateparser") is None:
        raise node.error("month names in other languages need dateparser", install_hint("dates"))
    # Slow to load, and of use to few.
    from dateparser.data.languages_info import language_order  # noqa: PLC0415

    if code not in language_order:
        remedy = did_you_mean(code, language_order) or "write a code such as fr, de or pt"
        raise node.error(f"there is no language {code!r} for dates", remedy)
    return code


def _meaning(name: str, node: Node) -> tuple[str, str]:
    meaning = node.text()
    if meaning[0] in "+-":
        try:
            parse_offset(meaning)
        except UnknownZoneError as error:
            raise node.error(f"{name} is mapped to {error}") from None
        return name, meaning
    return name, _zone_name(node)


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

"""The config's words for a date policy: ``timezone:`` and ``dates:`` of a source → :class:`DatePolicy`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from zoneinfo import available_timezones

from feedpub.core.errors import install_hint
from feedpub.core.yaml_node import Node, did_you_mean
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

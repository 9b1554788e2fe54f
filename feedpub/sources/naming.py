"""Propose which of a file's own names carry an article's fields, where those that are known don't do."""

from __future__ import annotations

from collections.abc import Mapping

from feedpub.core.errors import DateError
from feedpub.sources.building import RecordError
from feedpub.sources.decoding import UndecodableError, recover
from feedpub.sources.fieldnames import name_map
from feedpub.sources.mapped import DECODER
from feedpub.sources.table import first_row
from feedpub.text.dates import DatePolicy, parse_date

_POLICY = DatePolicy(zone="UTC", day_first=True, two_digit_years=1950)


def likely_fields(taken: str, head: bytes) -> Mapping[str, str]:
    """Return title, body and date by the names that they seem to have in a file that begins with ``head``.

    The names that are known count, then what looks like a date; the longest of the other values is the body, the
    next one the title. Of a format without lines, and where nothing can be made out, it is empty.
    """
    record = _first_record(taken, head)
    if not record:
        return {}
    known = name_map(tuple(record), ())
    found = {field: known[field] for field in ("title", "body", "published") if field in known}
    others = [name for name in record if name not in known.values()]
    if "published" not in found and (dated := [name for name in others if _is_date(record[name])]):
        found["published"] = dated[0]
        others.remove(dated[0])
    others.sort(key=lambda name: -len(record[name]))
    for field in ("body", "title"):
        if field not in found and others:
            found[field] = others.pop(0)
    return {field: found[field] for field in ("title", "body", "published") if field in found}


def _first_record(taken: str, head: bytes) -> Mapping[str, str]:
    # Whole lines only, so that no character is cut.
    whole, newline, last = head.rpartition(b"\n")
    try:
        text = recover((whole if newline else last).decode(errors="surrogateescape"), "cp1252")
        if taken in ("csv", "tsv"):
            return first_row(text.split("\n"))
        if taken == "jsonl":
            values = DECODER.decode(text.partition("\n")[0])
            return {name: value for name, value in values.items() if isinstance(value, str)}
    except (UndecodableError, RecordError, ValueError, RecursionError, AttributeError):
        pass
    return {}


def _is_date(text: str) -> bool:
    try:
        parse_date(text, _POLICY)
    except DateError:
        return False
    return True

"""The table of checks. A check that is not in it does not run."""

from __future__ import annotations

from typing import Final

from feedpub.validate.checks import atom, reading, root, rss, selflink, structure, values
from feedpub.validate.checks.model import Check

CHECKS: Final[tuple[Check, ...]] = (
    *reading.CHECKS,
    root.unknown_format,
    root.wrong_namespace,
    structure.missing_element,
    structure.duplicate_element,
    structure.unknown_element,
    structure.missing_attribute,
    structure.unexpected_attribute,
    structure.unexpected_text,
    values.invalid_rfc3339_date,
    values.invalid_rfc822_date,
    values.wrong_weekday,
    values.invalid_iri_character,
    values.relative_iri,
    values.non_ascii_uri,
    values.invalid_integer,
    values.invalid_decimal,
    values.unlisted_value,
    values.malformed_value,
    values.invalid_language,
    values.invalid_media_type,
    values.invalid_address,
    values.invalid_contact,
    *selflink.CHECKS,
    *rss.CHECKS,
    *atom.CHECKS,
)

"""Text → aware datetime, by the written policy of ``docs/time.md``.

A date only depends on its text and on the source's declaration, not on today's date, the host's zone or the locale.
An ambiguous date is a :class:`~feedpub.core.errors.DateError`; a date that a rule decides (such as an hour that a
clock change skipped) is read with a warning.

    text ──ISO 8601──┐
         ──declared──┼→ reading (naive, zone text) → zones → aware, whole seconds
         ──dateutil──┘
"""

from feedpub.text.dates._parser import is_declared, parse_date
from feedpub.text.dates.policy import DEFAULT, DatePolicy, DateWarning, ParsedDate

__all__ = ["DEFAULT", "DatePolicy", "DateWarning", "ParsedDate", "is_declared", "parse_date"]

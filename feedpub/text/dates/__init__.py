"""Text → aware datetime, by the written policy of ``docs/time.md``.

A date is read from what its text and the source's declaration say, and from nothing else: not from today, not
from the host's zone, not from the locale. What remains open is a :class:`~feedpub.core.errors.DateError`; what was
decided by rule (an hour that a clock change skipped, say) is read and comes with a warning.

    text ──ISO 8601──┐
         ──declared──┼→ reading (naive, zone text) → zones → aware, whole seconds
         ──dateutil──┘
"""

from feedpub.text.dates._parser import is_declared, parse_date
from feedpub.text.dates.policy import DEFAULT, DatePolicy, DateWarning, ParsedDate

__all__ = ["DEFAULT", "DatePolicy", "DateWarning", "ParsedDate", "is_declared", "parse_date"]

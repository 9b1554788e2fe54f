"""Times as feeds may carry them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def whole_seconds(time: datetime) -> datetime:
    """Return an aware time in whole seconds and with an offset of whole minutes, as RFC 3339 and 822 want it.

    The offset stays as the source declares it where it can; the odd minutes of local mean time become UTC.
    """
    offset = time.utcoffset()
    assert offset is not None
    whole = time.replace(microsecond=0)
    return whole if offset % timedelta(minutes=1) == timedelta(0) else whole.astimezone(UTC)

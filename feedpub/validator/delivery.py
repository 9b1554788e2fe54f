"""How a server sent a feed, as far as it matters to readers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """The answer to a request for a feed.

    ``redirects`` are pairs of a status and the new address. ``again`` is the status of a second, conditional request
    with the ETag and Last-Modified of the first; None if the server sent neither.
    """

    url: str
    status: int
    reason: str = ""
    redirects: tuple[tuple[int, str], ...] = ()
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    again: int | None = None

    @property
    def media_type(self) -> str:
        """The media type of the header, in lower case, without parameters."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The encoding in the header; empty if there is none."""
        for parameter in self.content_type.split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip('"')
        return ""

    @property
    def location(self) -> str:
        """The permanent address of the feed: where redirects lead, up to the first that is not permanent."""
        found = self.url
        for status, target in self.redirects:
            if status not in PERMANENT:
                break
            found = target
        return found


PERMANENT = frozenset({301, 308})


def is_web(name: str) -> bool:
    """Tell whether the name of something to validate is an address on the web."""
    return name.startswith(("http://", "https://"))

"""How a feed came from its address: what the server said, as far as it matters to readers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """The answer to a request for a feed.

    ``redirects`` are pairs of a status and the address that it leads to. ``again`` is the status of a second request
    with the validators of the first, and None where there were no validators to send.
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
        """The encoding that the header names, empty where it names none."""
        for parameter in self.content_type.split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip('"')
        return ""

    @property
    def location(self) -> str:
        """The address that the feed is served from for good: where permanent redirects lead, until one that is not."""
        found = self.url
        for status, target in self.redirects:
            if status not in PERMANENT:
                break
            found = target
        return found


PERMANENT = frozenset({301, 308})


def is_web(name: str) -> bool:
    """Tell whether what is to be validated is named by its address on the web."""
    return name.startswith(("http://", "https://"))

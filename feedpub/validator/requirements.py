"""What a directory, or the publisher, requires of a feed beyond its specification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Profile:
    """What a podcast directory requires: elements of the channel and of items, and checks whose findings are errors.

    ``replaced`` are checks that the profile makes redundant.
    """

    name: str
    spec: str
    channel: tuple[str, ...]
    item: tuple[str, ...]
    recommended: tuple[str, ...]
    errors: frozenset[str]
    replaced: frozenset[str] = frozenset({"missing-podcast-element"})


_APPLE: Final = ("itunes:image", "language", "itunes:category", "itunes:explicit")
_VALUES: Final = frozenset({"former-value", "podcast-artwork-format", "podcast-format"})

PROFILES: Final[dict[str, Profile]] = {
    "apple": Profile(
        "Apple Podcasts",
        "https://podcasters.apple.com/support/823-podcast-requirements",
        _APPLE,
        ("title", "enclosure"),
        (),
        _VALUES,
    ),
    "podcast-2.0": Profile(
        "the Podcast Standards Project (PSP-1)",
        "https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification",
        _APPLE,
        ("title", "enclosure", "guid"),
        ("podcast:locked", "podcast:guid", "itunes:author"),
        _VALUES | {"missing-self-link"},
        frozenset({"missing-podcast-element", "missing-guid"}),
    ),
}


@dataclass(frozen=True, slots=True)
class Requirements:
    """The greatest age of the newest item, the least number of items, and the profile of a directory."""

    max_age: timedelta | None = None
    min_items: int = 0
    profile: Profile | None = None


NO_REQUIREMENTS: Final = Requirements()

"""How many of a feed's newest entries its subscription document holds, and what any document has room for. Pure.

This is decided before rendering, so that dating, guards and archives all see the same cut: an entry's size is not
measured but estimated from above, as its texts the way the costliest format escapes them, and a constant for the
markup around them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from feedpub.articles.entry import Entry
from feedpub.config import FeedSettings
from feedpub.documents.channel import Site
from feedpub.documents.formats import entry_size, head_size


def fitting(entries: Sequence[Entry], feed: FeedSettings, site: Site, titles: Mapping[str, str]) -> int:
    """Return how many of ``entries`` (newest first) the subscription document of ``feed`` holds.

    At most ``max_items`` of them, and as many as fit into ``max_bytes`` in every format; but never none, since a
    feed with one entry that is too long is of more use than an empty one. ``titles`` are the categories that
    feeds are, by slug.
    """
    newest = entries[: feed.max_items]
    sizes = accumulate((entry_size(entry, feed, titles) for entry in newest), initial=head_size(feed, site))
    held = sum(size <= feed.max_bytes for size in sizes) - 1
    return max(held, min(1, len(newest)))

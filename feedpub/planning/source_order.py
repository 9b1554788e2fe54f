"""Decides which of two articles with the same instant is newer, by the order of their sources. Pure decisions.

Of two files, the later one has the newer articles: in the order of the sources in the config, then by name in code
point order. Within a file, the first and the last date show whether it lists the newest or the oldest first. If these
dates are equal, a feed counts as newest first, and every other file as oldest first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from feedpub.articles.entry import Turn
from feedpub.articles.sighting import Told


@dataclass(slots=True)
class SourceOrder:
    """The order of the articles of all files that have been read.

    Pass all articles to :meth:`hear`, in the order of reading. While a file is being read, it is not known yet which of
    its ends is the newer one: call :meth:`turn` for both directions then.
    """

    _ranks: dict[str, int] = field(default_factory=dict)
    _signs: dict[str, int] = field(default_factory=dict)
    _first: float = 0
    _last: float = 0
    _reading: Told | None = None

    def hear(self, article: Told, instant: float) -> None:
        """Register the next article, published at ``instant`` (epoch seconds)."""
        file = article.origin.file
        if self._reading is None or self._reading.origin.file != file:
            self.end_file()
            self._ranks.setdefault(file, len(self._ranks))
            self._reading, self._first = article, instant
        self._last = instant

    def end_file(self) -> None:
        """Register that the file of the last article has been read to its end."""
        if self._reading is None:
            return
        newest_first = self._first > self._last or (self._first == self._last and bool(self._reading.feed))
        self._signs.setdefault(self._reading.origin.file, -1 if newest_first else 1)
        self._reading = None

    def turn(self, article: Told, sign: int = 1) -> Turn:
        """Return the place of ``article`` in the order: of two articles, the one with the greater place is newer.

        ``sign`` is the assumed direction of a file that is still being read: 1 if its last article is the newest, -1 if
        its first one is.
        """
        origin = article.origin
        sign = self._signs.get(origin.file, sign)
        return self._ranks.get(origin.file, 0), sign * origin.line, sign * origin.column

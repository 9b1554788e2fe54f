"""Which of two articles of one instant is newer: what their sources' own order says. Pure decisions.

Between files, the later is newer: in the config's order of sources, then by name in code point order. Within a file,
its dates tell whether it lists the newest or the oldest first, by the first and the last of them; where they are
equal, feeds list the newest first, everything else the oldest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from feedpub.articles.entry import Turn
from feedpub.articles.sighting import Told


@dataclass(slots=True)
class SourceOrder:
    """The order of the articles of all files, as far as these have been read.

    Files are heard of in the order in which they are read. While a file is being read, nothing tells yet which of its
    ends is the newer one: then :meth:`turn` is asked for both.
    """

    _ranks: dict[str, int] = field(default_factory=dict)
    _signs: dict[str, int] = field(default_factory=dict)
    _first: float = 0
    _last: float = 0
    _reading: Told | None = None

    def hear(self, article: Told, instant: float) -> None:
        """Take note of the next article, published at ``instant`` (epoch seconds), in the order of reading."""
        file = article.origin.file
        if self._reading is None or self._reading.origin.file != file:
            self.end_file()
            self._ranks.setdefault(file, len(self._ranks))
            self._reading, self._first = article, instant
        self._last = instant

    def end_file(self) -> None:
        """Take note that the file of the last article has been read."""
        if self._reading is None:
            return
        newest_first = self._first > self._last or (self._first == self._last and bool(self._reading.feed))
        self._signs.setdefault(self._reading.origin.file, -1 if newest_first else 1)
        self._reading = None

    def turn(self, article: Told, sign: int = 1) -> Turn:
        """Return the place of ``article``, under the assumption of ``sign`` for a file that is still being read.

        It is 1 where the last article of a file is the newest, -1 where the first is.
        """
        origin = article.origin
        sign = self._signs.get(origin.file, sign)
        return self._ranks.get(origin.file, 0), sign * origin.line, sign * origin.column

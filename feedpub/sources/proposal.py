"""Look at a folder of unknown files and propose the sources that would read them, with what has to be decided.

Nothing is guessed in silence: what a file does not say (a zone, an encoding, the order of day and month) stands
in the proposal as a comment that asks.
"""

from __future__ import annotations

import glob
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from feedpub.articles.article import Article, Reject
from feedpub.core.errors import SourceError, printable
from feedpub.sources.boilerplate import fold_heading, tail_start
from feedpub.sources.field_names import NAMES, fold_name
from feedpub.sources.files import display_name, format_of, open_stream, read
from feedpub.sources.readers import COMPRESSED, INPUT_FORMATS, has_extension, reader
from feedpub.sources.records import Item
from feedpub.sources.spec import SourceSpec
from feedpub.sources.survey import Surveyed, likely_fields, survey_file
from feedpub.text.dates import DatePolicy

MAX_FILES = 5000
SAMPLE = 20

# What sites write over lists of other articles, and before the links at the end of one.
HEADINGS = (
    "You Might Like...",
    "You may also like",
    "Related articles",
    "More from us",
    "Recommended for you",
)
MARKERS = ("Read More", "See also", "Related:")
_AUTHORITY = "example.org,2000"


# What a reason for rejects asks the owner, and the lines that would answer; commented out where that is a guess.
_QUESTIONS = (
    (
        "no time zone",
        (
            "# Dates here name no zone: write the one they are meant in, such as Europe/Paris.",
            "timezone: UTC",
        ),
    ),
    (
        "is not UTF-8",
        ("# Some records are not UTF-8. If they are of a Western Windows, say so:", "# encoding: cp1252"),
    ),
    (
        "day first or month first",
        ("# Dates such as 3/4/2023 can be read in two ways; say which:", "# dates: {day_first: true}"),
    ),
    (
        "year of two digits",
        ("# Years have two digits; say in which hundred years they lie:", "# dates: {two_digit_years: 1950}"),
    ),
    (
        "formats: [epoch]",
        ("# Dates are bare numbers. If they count seconds since 1970:", "# dates: {formats: [epoch]}"),
    ),
    (
        "formats: [epoch-ms]",
        (
            "# Dates are bare numbers. If they count milliseconds since 1970:",
            "# dates: {formats: [epoch-ms]}",
        ),
    ),
    (
        "declare dates: languages",
        (
            "# Some dates have words that are not English. If they are of another language, install",
            "# feedpub[dates] and say which:",
            "# dates: {languages: [fr]}",
        ),
    ),
)
_LACKING = ("has no date", "neither title nor body", "names no title and no body", "is an object, not text")
_FIELDS = "# Some records have no date, title or body under a name that is known; say where they are, as in:"
_EXAMPLE = {"title": "headline", "body": "text.plain", "published": "printed"}
_HTML = ("# Bodies here look like HTML; as text, their tags would be shown.", "body: html")
# Bytes that text has hardly any of: control characters but for white space and escape.
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32)])
_HEADER = re.compile(r"([A-Za-z][\w-]{1,20}):\s+\S")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One kind of file: its pattern, what was found in a sample of its files, and the lines of a source for it.

    There are no lines where nothing can be proposed; ``problem`` says why.
    """

    path: str
    files: int
    surveyed: tuple[Surveyed, ...] = ()
    lines: tuple[str, ...] = ()
    problem: str = ""

    @property
    def articles(self) -> int:
        """How many articles the sample of its files gave."""
        return sum(found.articles for found in self.surveyed)


def propose(folder: Path, base: Path) -> list[Proposal]:
    """Return a proposal for each kind of file in ``folder``; its paths are relative to ``base``.

    Hidden files and folders are passed over; at most :data:`MAX_FILES` files are counted, and :data:`SAMPLE`
    of a kind are read.
    """
    groups: dict[str, list[Path]] = defaultdict(list)
    for path in _walk(folder):
        groups[_ending(path.name)].append(path)
    prefix = PurePosixPath(glob.escape(Path(os.path.relpath(folder, base)).as_posix()))
    proposals = []
    for ending, found in sorted(groups.items()):
        place = prefix if all(path.parent == folder for path in found) else prefix / "**"
        pattern = str(place / f"*{glob.escape(ending)}")
        if any(other != ending and other.endswith(ending) for other in groups):
            problem = "no pattern fits these files and no others; name them yourself"
            proposals.append(Proposal(pattern, len(found), problem=problem))
        elif pattern != printable(pattern):
            problem = "a path in a config has no such characters; rename the files or their folder"
            proposals.append(Proposal(pattern, len(found), problem=problem))
        else:
            proposals.append(_proposal(pattern, found, base))
    return proposals


def _walk(folder: Path) -> Iterator[Path]:
    count = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or count >= MAX_FILES:
                continue
            count += 1
            yield Path(place) / name


def _ending(name: str) -> str:
    """Return the extension of a file's name, with that of its compression: ``.csv.gz``."""
    for compressed in COMPRESSED:
        if name.lower().endswith(compressed):
            cut = len(name) - len(compressed)
            return PurePosixPath(name[:cut]).suffix + name[cut:]
    return PurePosixPath(name).suffix


def _proposal(pattern: str, found: list[Path], base: Path) -> Proposal:
    spec = SourceSpec((pattern,), base, dates=DatePolicy(zone="UTC"))
    lines: list[str] = []
    heads, problems = _heads(spec, found[:SAMPLE])
    sample = [path for path, head in heads.items() if not head.is_binary]
    if not sample:
        problems += [f"{display_name(spec, path)} is not text" for path in heads]
        return Proposal(pattern, len(found), problem=problems[0])
    surveyed = _surveyed(spec, sample)
    if not any(result.articles for result in surveyed) and all(heads[path].has_headers for path in sample):
        spec = replace(spec, format="markdown")
        surveyed = _surveyed(spec, sample)
        lines += ["# Each file is one article under lines such as Title: and Date:.", "format: markdown"]
    # What is asked last may show only once what is asked first is answered.
    likely = next(filter(None, (likely_fields(heads[path].format, heads[path].data) for path in sample)), {})
    answered = replace(spec, encoding="cp1252", dates=DatePolicy(), fields=tuple(likely.items()))
    reasons = [r for s in (*surveyed, *_surveyed(answered, sample)) for r, _, _ in s.reasons]
    for sign, question in _QUESTIONS:
        if any(sign in reason for reason in reasons):
            lines += question
    named = any(INPUT_FORMATS[result.format].named for result in surveyed)
    if named and any(sign in reason for sign in _LACKING for reason in reasons):
        lines += [_FIELDS, f"# fields: {json.dumps(likely or _EXAMPLE, ensure_ascii=False)}"]
    lines += _layout(spec, sample)
    tagged = sum(result.tagged for result in surveyed)
    if tagged and 2 * tagged >= sum(result.articles for result in surveyed):
        lines += _HTML
    if not any(result.articles for result in surveyed) and not (lines and has_extension(pattern)):
        problems = [f"{place}: {reason}" for result in surveyed for reason, place, _ in result.reasons]
        return Proposal(
            pattern, len(found), surveyed, problem=(problems or ["there is no article in them"])[0]
        )
    return Proposal(pattern, len(found), surveyed, (f"path: {json.dumps(pattern)}", *lines))


def _surveyed(spec: SourceSpec, sample: list[Path]) -> tuple[Surveyed, ...]:
    found = []
    for path in sample:
        # A file that can't be read at all tells nothing.
        with suppress(SourceError):
            found.append(survey_file(spec, path))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Head:
    """How a file begins, and as what format it is read."""

    format: str
    data: bytes

    @property
    def is_binary(self) -> bool:
        """Whether its bytes are no text, in any encoding that goes without a declaration."""
        controls = len(self.data) - len(self.data.translate(None, _CONTROLS))
        return not INPUT_FORMATS[self.format].binary and (
            20 * controls > len(self.data) or self.data.startswith(b"%PDF-")
        )

    @property
    def has_headers(self) -> bool:
        """Whether it is a text that begins with a line such as ``Title: …``."""
        return self.format == "text" and _HEADER.match(self.data.decode("latin-1")) is not None


def _heads(spec: SourceSpec, paths: list[Path]) -> tuple[dict[Path, _Head], list[str]]:
    """Return how files begin, and why others can't be read at all."""
    heads: dict[Path, _Head] = {}
    problems = []
    for path in paths:
        try:
            with open_stream(spec, path) as stream:
                taken = format_of(spec, stream, path.name)
                reader(taken, display_name(spec, path))  # raises where a package is missing
                heads[path] = _Head(taken, stream.head)
        except SourceError as error:
            problems.append(str(error))
    return heads, problems


def _layout(spec: SourceSpec, sample: list[Path]) -> list[str]:
    """Return the lines that name the headings, markers and header lines that stand in the sample as such."""
    known = {fold_heading(heading).rstrip("."): heading for heading in HEADINGS}
    headings: dict[str, None] = {}
    markers: dict[str, None] = {}
    headers: Counter[str] = Counter()
    articles = 0
    for item in _items(spec, sample):
        text = item.text if isinstance(item, Reject) else item.body if isinstance(item, Article) else ""
        for line in text.split("\n"):
            if len(line) < 60 and fold_heading(line).rstrip(".: ") in known:
                headings[line.strip()] = None
        if isinstance(item, Article):
            articles += 1
            markers |= {marker: None for marker in MARKERS if tail_start(item.body, (marker,)) is not None}
            headers.update(_headers(item))
    lines = []
    # Where a headline or two have a colon, they are headlines.
    if fields := {name: _field(name) for name, count in headers.items() if 2 * count >= articles}:
        lines += ["# Records begin with header lines.", f"layout: {json.dumps({'headers': fields})}"]
    if headings:
        lines.append(f"boilerplate: {json.dumps(list(headings), ensure_ascii=False)}")
    if markers:
        lines.append(f"related_links: {json.dumps(list(markers), ensure_ascii=False)}")
    return lines


def _items(spec: SourceSpec, sample: list[Path]) -> Iterator[Item]:
    for path in sample:
        with suppress(SourceError, OSError):
            if path.stat().st_size < 1 << 24:
                yield from read(spec, path, _AUTHORITY)


def _headers(article: Article) -> Iterator[str]:
    """Yield the names of the header lines that an article's text begins with."""
    for line in (article.title, *article.body.split("\n")):
        header = _HEADER.match(line)
        if header is None or _field(header[1]) in ("", "published"):
            return
        yield header[1]


def _field(name: str) -> str:
    return next((field for field, names in NAMES.items() if fold_name(name) in names), "")

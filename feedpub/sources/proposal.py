"""Look at folders of unknown files and propose sources that read them, with what has to be decided.

Nothing is guessed silently: what a file does not show (an encoding, the order of day and month, the names of fields)
is a question in a comment. The user is asked for the zone of dates without one.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from itertools import islice
from os.path import commonpath
from pathlib import Path

from feedpub.core.errors import SourceError, install_hint, printable
from feedpub.sources.date_habits import FIRST_YEAR, written_dates
from feedpub.sources.discovery import Looked, is_bundle, look, patterns, whole_pattern
from feedpub.sources.file_names import dated_name, declared_date
from feedpub.sources.files import display_name, files, format_of, open_stream, read
from feedpub.sources.makers import maker_of
from feedpub.sources.readers import INPUT_FORMATS, choose, foreign, has_extension, reader
from feedpub.sources.records import Item
from feedpub.sources.spec import SourceSpec
from feedpub.sources.survey import Surveyed, likely_fields, spread, survey_file
from feedpub.sources.text_layouts import (
    ENDS_OPEN,
    HEADER,
    as_read,
    dates_stand_between,
    is_dated_above,
    lines_of,
    most_are_bylined,
    most_say_dates,
    possible_layouts,
    written,
)
from feedpub.text.dates import DatePolicy

SAMPLE = 120
"""How many files of a kind are read for a proposal, and at most how many items of each."""
SAMPLE_ITEMS = 2000
_BEGINNING = 1 << 18

_AUTHORITY = "example.org,2000"
_NO_ZONE = "no time zone"

# What a reason for rejects asks the user, and lines that answer; commented out if they are a guess.
_QUESTIONS = (
    (
        "is not UTF-8",
        (
            "# Some records are not UTF-8. If they come from a Western European or American Windows:",
            "# encoding: cp1252",
        ),
    ),
    (
        "day first or month first",
        ("# Dates such as 3/4/2023 are ambiguous; say which comes first:", "# dates: {day_first: true}"),
    ),
    (
        "year of two digits",
        (
            "# Years have two digits; write the first year that they can mean:",
            f"# dates: {{two_digit_years: {FIRST_YEAR}}}",
        ),
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
        "date: fetched of its source",
        (
            "# Some entries have no date. To give them the date of the copy that they first came with:",
            "# date: fetched",
        ),
    ),
    (
        "declare dates: languages",
        (
            "# Some dates have words that are not English. If they are in another language, install",
            "# feedpub[dates] and say which:",
            "# dates: {languages: [fr]}",
        ),
    ),
)
_LACKING = ("has no date", "neither title nor body", "names no title and no body", "is an object, not text")
_DATES = "dates: {"
_BETWEEN = (
    "its dates seem to be above the texts; write a line --- between records, and declare their layout,"
    ' such as layout: {order: title date body, separator: "---"}'
)
_ABOVE = (
    "# Most text in these files is below a date, and is rejected. If the date is above its text here, no layout fits",
    "# these files (title, author, date, text would be one), and the articles are not what you mean.",
)
_HTML = ("# Bodies here look like HTML; as text, their tags would be shown.", "body: html")
_REPAIR = "# Some text here was decoded wrongly (CafÃ©); this repairs it, and each repair is reported."
# Bytes that are rare in text: control characters except white space and escape.
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32)])
# Quotes and dashes of Windows that were read as ISO 8859-1.
_LATIN = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")
# Files about the files beside them.
_ABOUT = re.compile(
    r"(?:readme|changelog|changes|history|news|licen[cs]e|copying|contributing|authors|install|todo|code_of_conduct"
    r"|security|requirements|robots|humans|llms)\b",
    re.IGNORECASE,
)
# The content folders of site generators are not part of addresses.
_ROOTS = frozenset(("content", "src", "source", "pages", "app", "site", "_posts", "docs", "_drafts", "data"))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source: its ``patterns``, and the ``lines`` that it needs beside ``path`` and ``timezone``.

    ``files`` of a kind were found, and a sample of them was ``surveyed``. ``asks_zone``: some dates have no zone.
    ``link`` is a likely template for links if the articles have none; ``is_relative`` says that some links lack their
    site. ``others`` are the files of the kind that no pattern matches, and ``why``.
    ``makers`` are the programs that made the files, as far as they are known.
    """

    patterns: tuple[str, ...]
    files: int
    surveyed: tuple[Surveyed, ...]
    lines: tuple[str, ...] = ()
    asks_zone: bool = False
    link: str = ""
    is_relative: bool = False
    others: int = 0
    why: str = ""
    makers: tuple[str, ...] = ()

    @property
    def articles(self) -> int:
        """How many articles the sample gave."""
        return sum(found.articles for found in self.surveyed)

    @property
    def rejects(self) -> int:
        """How many rejects the sample gave."""
        return sum(found.rejects for found in self.surveyed)

    @property
    def path(self) -> str:
        """The patterns as one text."""
        return ", ".join(self.patterns)

    def asked(self, reasons: Iterable[str]) -> Proposal:
        """Return the proposal with the questions that more ``reasons`` for rejects and left-out records raise."""
        reasons = tuple(reasons)
        more = [line for line in _beside(self.lines, _questions(reasons)) if line not in self.lines]
        asks_zone = self.asks_zone or any(_NO_ZONE in reason for reason in reasons)
        return replace(self, lines=(*self.lines, *more), asks_zone=asks_zone)


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Files of one ``kind`` (extension) in which no article was found, and why.

    Without a ``path`` they are the other files of a proposed kind.
    """

    path: str
    kind: str
    files: int
    problem: str
    is_known: bool
    """Whether files of the kind may contain articles, so that the reason matters."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """What was found in folders: sources, what was passed over, and the folders that programs ``filled``."""

    sources: tuple[Proposal, ...]
    passed_over: tuple[PassedOver, ...]
    filled: tuple[str, ...]


def propose(folders: Sequence[Path], base: Path, passed_over: Sequence[Path] = ()) -> Proposals:
    """Return a proposal for each kind of file in ``folders``; its patterns are relative to ``base``.

    Hidden files, folders that programs fill and ``passed_over`` are not input.
    """
    sources: list[Proposal] = []
    others: list[PassedOver] = []
    filled: list[str] = []
    groups: list[_Group] = []
    here = SourceSpec((), base)
    for folder in _outermost(folders):
        looked = look(folder, passed_over)
        for place, why in looked.unreadable.items():
            name = display_name(here, place)
            others.append(PassedOver(name, name, 0, f"the folder cannot be read: {why}", is_known=True))
        filled += [
            display_name(here, place) for place in sorted(looked.closed) if place not in looked.unreadable
        ]
        of_folder = [_Group(looked, kind, base) for kind in looked.groups]
        groups += of_folder
        for group in of_folder:
            for found in group.proposals():
                if isinstance(found, Proposal):
                    sources.append(found)
                    if found.others:
                        others.append(PassedOver("", group.kind, found.others, found.why, is_known=True))
                else:
                    others.append(found)
    if not sources:
        # Nothing else shows the dates of the articles.
        sources = [dated for group in groups if (dated := group.dated_by_files())]
        known = {path for found in sources for path in found.patterns}
        others = [each for each in others if each.path not in known]
    return Proposals(tuple(sources), tuple(others), tuple(filled))


def _outermost(folders: Sequence[Path]) -> list[Path]:
    """Return the folders that are not inside another one, each once."""
    real: dict[Path, Path] = {}
    for folder in folders:
        real.setdefault(folder.resolve(), folder)
    return [
        folder
        for path, folder in real.items()
        if not any(other != path and path.is_relative_to(other) for other in real)
    ]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to read files: lines of a config, and the source that they make."""

    lines: tuple[str, ...]
    spec: SourceSpec


@dataclass(slots=True)
class _Group:
    """The files of one extension in a folder that was ``looked`` through."""

    looked: Looked
    kind: str
    base: Path
    heads: dict[Path, _Head] = field(default_factory=dict)

    @property
    def files(self) -> tuple[Path, ...]:
        return self.looked.groups[self.kind]

    def proposals(self) -> list[Proposal | PassedOver]:
        """Return the source that reads the files, or one per folder if that gives more articles."""
        whole = self.proposal()
        # Texts in another folder may have another layout.
        may_differ = any(head.format == "text" for head in self.heads.values())
        if isinstance(whole, Proposal) and whole.articles > 4 * (whole.rejects + may_differ * whole.others):
            return [whole]
        inner = list(self._inner())
        parts = [found for group in inner if len(inner) > 1 for found in group.proposals()]
        articles = whole.articles if isinstance(whole, Proposal) else 0
        given = sum(part.articles for part in parts if isinstance(part, Proposal))
        return _joined(parts) if given > articles else [whole]

    def _inner(self) -> Iterator[_Group]:
        """Yield the files of the folder, and those of each subfolder, as groups."""
        top = self.looked.folder
        folders: dict[Path, list[Path]] = defaultdict(list)
        for path in self.files:
            inner = path.relative_to(top).parts[:-1]
            folders[top / inner[0] if inner else top].append(path)
        for folder, paths in folders.items():
            groups = {**self.looked.groups, self.kind: tuple(paths)}
            yield _Group(replace(self.looked, folder=folder, groups=groups), self.kind, self.base)

    def dated_by_files(self) -> Proposal | None:
        """Return the source that dates texts with one article each by their last change."""
        is_text = choose(f"x{self.kind}", b"") in ("text", "markdown") and has_extension(self.kind)
        if not is_text or sum(not _ABOUT.match(file.name) for file in self.files) < 2:
            return None
        if most_say_dates([head.lines for head in self.heads.values()]):
            # The texts have dates that feedpub does not read; the date of the file would be wrong.
            return None
        told = "# No text here has a date, so each gets that of the last change of its file, and keeps it."
        found = self.proposal((told, "date: mtime"))
        is_whole = isinstance(found, Proposal) and found.articles > found.rejects
        return found if is_whole and isinstance(found, Proposal) else None

    def proposal(self, dated: tuple[str, ...] = ()) -> Proposal | PassedOver:
        """Return the source that reads the files, or why none is proposed.

        ``dated`` are lines that date them by their last changes.
        """
        pattern = whole_pattern(self.looked, self.kind, self.base)
        spec = SourceSpec((pattern,), self.base, dates=DatePolicy(zone="UTC"))
        self.heads, problems = _heads(spec, spread(self.files, SAMPLE))
        texts = [path for path, head in self.heads.items() if not head.is_binary]
        if not texts:
            problems += [f"{display_name(spec, path)} is not text" for path in self.heads]
            return self._passed_over(pattern, problems[0])
        if dated:
            way = _Way(dated, replace(spec, date="mtime"))
            found = _surveyed(way.spec, texts)
        else:
            way, found = self._best(spec, texts)
        articles = sum(each.articles for each in found.values())
        asked = [*_reasons(found.values()), *_reasons(self._answered(way.spec, found))]
        questions = [*_questions(asked), *self._fields(spec, found)]
        if (not articles and not (questions and has_extension(self.kind))) or self._is_chance(found):
            return self._passed_over(pattern, _why(found.values()))
        if not way.spec.layout.separator and all(_dates_come_first(each) for each in found.values()):
            told = (
                "dates come first in its records; write a line --- between records, and declare their layout"
            )
            return self._passed_over(pattern, f"{next(iter(found.values())).file}: {told}")
        between, above = self._dates_above(way.spec, found)
        if between:
            return self._passed_over(pattern, f"{next(iter(found.values())).file}: {_BETWEEN}")
        if problem := self._unnamed(pattern):
            return replace(self._passed_over(pattern, problem), is_known=True)
        verdicts = {
            path: _has_articles(each) or bool(self._likely(each, path)) for path, each in found.items()
        }
        chosen = patterns(self.looked, {p: verdicts.get(p) for p in self.files}, self.kind, self.base)
        fitting = frozenset(display_name(spec, file) for file in files(replace(spec, patterns=chosen)))
        fit, others = _parted(found.values(), fitting)
        laid_out = lines_of(_items(way.spec, texts), has_layout=bool(way.spec.layout.separator))
        return Proposal(
            chosen,
            len(self.files),
            fit,
            (*way.lines, *_beside(way.lines, questions), *laid_out, *self._of_bodies(found), *_ABOVE * above),
            asks_zone=any(_NO_ZONE in reason for reason in asked),
            link=self._link(found, way.spec),
            is_relative=any(each.relative for each in found.values()),
            others=sum(display_name(spec, path) not in fitting for path in self.files),
            why=_why(others),
            makers=self._makers(found),
        )

    def _dates_above(self, spec: SourceSpec, found: Mapping[Path, Surveyed]) -> tuple[bool, bool]:
        """Say whether dates are surely between titles and texts, and whether they seem to be if a file is a record."""
        if spec.layout.separator or spec.date or any(self.heads[path].format != "text" for path in found):
            return False, False
        items = [list(_items(spec, [path])) for path in found]
        seeming = 2 * sum(bool(each) and is_dated_above(each) for each in items) > len(found)
        alone = len(found) > 1 and all(each.articles < 2 for each in found.values())
        return all(each and dates_stand_between(each) for each in items), alone and seeming

    def _makers(self, found: Mapping[Path, Surveyed]) -> tuple[str, ...]:
        heads = [self.heads[path] for path, each in found.items() if each.articles]
        names = {maker_of(head.format, head.data, self.looked.top) for head in heads}
        return tuple(sorted(names - {""}))

    def _unnamed(self, pattern: str) -> str:
        """Return why no pattern matches only these files; empty if one does."""
        if any(other != self.kind and other.endswith(self.kind) for other in self.looked.groups):
            return "no pattern matches only these files; name them yourself"
        if pattern != printable(pattern):
            return "a path in a config cannot contain such characters; rename the files or their folder"
        return ""

    def _passed_over(self, pattern: str, problem: str) -> PassedOver:
        is_feed = any(head.format == "feed" for head in self.heads.values())
        is_known = has_extension(self.kind) or is_feed or bool(foreign(self.kind, b""))
        return PassedOver(pattern, self.kind, len(self.files), problem, is_known)

    def _is_chance(self, found: Mapping[Path, Surveyed]) -> bool:
        """Say whether files of an unknown kind only look like articles because they were read as text."""
        giving = [each for each in found.values() if each.articles]
        is_text = all(each.format == "text" for each in giving)
        return is_text and not has_extension(self.kind) and 2 * len(giving) < len(found)

    def _best(self, spec: SourceSpec, texts: list[Path]) -> tuple[_Way, dict[Path, Surveyed]]:
        """Return the way that gives most articles (the simplest one of equals), and its result."""
        best = _Way((), spec)
        found = _surveyed(spec, texts)
        if counted := self._counting(spec, found):
            return counted, _surveyed(counted.spec, texts)
        if dated := written_dates(spec, found):
            best = _Way(dated.lines, replace(spec, dates=dated.policy))
            spec, found = best.spec, _surveyed(best.spec, texts)
        dates = best.lines
        articles, rejects = _counts(found)
        # The part above the date of a single record looks like one record, the part below like another.
        several = 2 * sum(each.articles + each.rejects > 2 for each in found.values()) > len(found)
        if all(_dates_come_first(each) for each in found.values()):
            # Each would be added to the record before it.
            articles = 0
        elif articles >= rejects and articles and not self._may_be_otherwise(found, several=several):
            return best, found
        if any(foreign(path.name, self.heads[path].data) for path in texts):
            # A mail has lines such as Date:, but is not a supported format.
            return best, found
        for way in self._ways(spec, texts, several=several):
            other = _surveyed(way.spec, texts)
            more, fewer = _counts(other)
            is_better = more > articles or (more == articles and fewer < rejects)
            if more >= fewer and (
                is_better or (more == articles and _has_author(way) and not _has_author(best))
            ):
                best, found, articles, rejects = replace(way, lines=(*dates, *way.lines)), other, more, fewer
        return best, found

    def _may_be_otherwise(self, found: Mapping[Path, Surveyed], *, several: bool) -> bool:
        """Say whether most texts end without a date or, if they are one record each, have a byline."""
        heads = [self.heads[path] for path in found]
        open_ended = sum(any(ENDS_OPEN in reason for reason in _reasons([each])) for each in found.values())
        bylined = not several and most_are_bylined([head.lines for head in heads])
        return all(head.format == "text" for head in heads) and (2 * open_ended > len(found) or bylined)

    def _counting(self, spec: SourceSpec, found: Mapping[Path, Surveyed]) -> _Way | None:
        """Return the way to read records whose dates all count from 1970, if that is the only problem."""
        reasons = [*_reasons(found.values())]
        is_named = all(INPUT_FORMATS[head.format].named for head in self.heads.values())
        for name, what in (("epoch", "seconds"), ("epoch-ms", "milliseconds")):
            if is_named and reasons and all(f"formats: [{name}]" in reason for reason in reasons):
                told = f"# Dates are bare numbers, which count {what} since 1970."
                dates = replace(spec.dates, formats=(name,))
                return _Way((told, f"dates: {{formats: [{name}]}}"), replace(spec, dates=dates))
        return None

    def _ways(self, spec: SourceSpec, texts: list[Path], *, several: bool) -> Iterator[_Way]:
        """Yield other ways to read the files, which have ``several`` records each, or not."""
        heads = [self.heads[path] for path in texts]
        if all(head.format == "text" for head in heads):
            if all(head.has_headers for head in heads):
                told = "# Each file is one article under lines such as Title: and Date:."
                yield _Way((told, "format: markdown"), replace(spec, format="markdown"))
            for layout, told in possible_layouts([head.lines for head in heads], several=several):
                yield _Way((told, written(layout)), replace(spec, layout=as_read(layout)))
        if all(head.format == "feed" for head in heads):
            told = "# Entries without a date get that of the copy that they first came with, and keep it."
            yield _Way((told, "date: fetched"), replace(spec, date="fetched"))
        dated = sum(bool(declared_date(display_name(spec, path))) for path in texts)
        if 2 * dated > len(texts):
            told = "# The dates are in the names of the files, or of their folders."
            yield _Way((told, "date: filename"), replace(spec, date="filename"))

    def _fields(self, spec: SourceSpec, found: Mapping[Path, Surveyed]) -> list[str]:
        """Return the lines that ask for the fields of records in files that gave no article."""
        named = [path for path, each in found.items() if INPUT_FORMATS[each.format].named]
        shapes: dict[str, Path] = {}
        for path in named:
            if likely := self._likely(found[path], path):
                shapes.setdefault(json.dumps(likely, ensure_ascii=False), path)
        if len(shapes) == 1 and not any(found[path].articles for path in named):
            told = (
                "# feedpub does not know the names of date, title or body here; say what they are, such as:"
            )
            return [told, f"# fields: {next(iter(shapes))}"]
        lines: list[str] = []
        for shape, path in shapes.items():
            told = f"# {display_name(spec, path)} gave no article. If it contains some, add a source of its own, with:"
            lines += [told, f"# fields: {shape}"]
        return lines

    def _likely(self, found: Surveyed, path: Path) -> dict[str, str]:
        """Return the likely fields of a file that gave no article."""
        if (
            found.articles
            or found.left_out
            or not any(sign in r for r in _reasons([found]) for sign in _LACKING)
        ):
            return {}
        likely = likely_fields(found.format, self.heads[path].data)
        return dict(likely) if "published" in likely else {}

    def _answered(self, spec: SourceSpec, found: Mapping[Path, Surveyed]) -> list[Surveyed]:
        """Survey the files without a zone, and as if the first questions were answered."""
        surveyed: list[Surveyed] = []
        for path, each in found.items():
            likely = tuple(self._likely(each, path).items()) or spec.fields
            answered = replace(spec, encoding="cp1252", dates=replace(spec.dates, zone=None), fields=likely)
            surveyed += _surveyed(answered, [path]).values()
        return surveyed

    def _of_bodies(self, found: Mapping[Path, Surveyed]) -> list[str]:
        """Return the lines about the bodies of articles."""
        lines: list[str] = []
        tagged = sum(each.tagged for each in found.values())
        if tagged and 2 * tagged >= sum(each.articles for each in found.values()):
            lines += _HTML
        if any(each.garbled or _LATIN.search(self.heads[path].data) for path, each in found.items()):
            hint = "" if find_spec("ftfy") else "# "
            lines += [_REPAIR, *([f"# It needs another package: {install_hint('repair')}"] if hint else [])]
            lines.append(f"{hint}repair_mojibake: true")
        return lines

    def _link(self, found: Mapping[Path, Surveyed], spec: SourceSpec) -> str:
        """Return a template for the path of links, as site generators make them, for articles without a link."""
        given = {path: each for path, each in found.items() if each.articles}
        if (
            any(each.linked or not (each.format == "markdown" or spec.date) for each in given.values())
            or not given
        ):
            return ""
        ends = ".html" if {"Jekyll", "Pelican"} & {*self._makers(found)} else "/"
        if all(dated_name(path.as_posix()) for path in given):
            return "/{year}/{month}/{day}/{slug}" + ends
        section = commonpath([_section(path, self.looked.folder) for path in given])
        return "/".join(("", *filter(None, (section, "{slug}")))) + ends


def _section(path: Path, top: Path) -> str:
    """Return the part of a file's folder that site generators put into addresses."""
    folder = path.parent.parent if is_bundle(path) and path.parent != top else path.parent
    parts = (top.resolve().name, *folder.relative_to(top).parts)
    roots = [number for number, part in enumerate(parts) if part in _ROOTS]
    return "/".join(parts[roots[-1] + 1 if roots else 1 :])


def _surveyed(spec: SourceSpec, sample: Iterable[Path]) -> dict[Path, Surveyed]:
    found: dict[Path, Surveyed] = {}
    for path in sample:
        # An unreadable file shows nothing.
        with suppress(SourceError):
            found[path] = survey_file(spec, path, most=SAMPLE_ITEMS)
    return found


def _has_author(way: _Way) -> bool:
    return "author" in way.spec.layout.order


def _dates_come_first(found: Surveyed) -> bool:
    """Say whether a text begins with a date and ends without one, so its records are not what they seem."""
    reasons = _reasons([found])
    return any("neither title nor body before" in reason for reason in reasons) and any(
        ENDS_OPEN in reason for reason in reasons
    )


def _joined(parts: Sequence[Proposal | PassedOver]) -> list[Proposal | PassedOver]:
    """Join the ``parts`` that are read in the same way into sources with several patterns."""
    ways: dict[object, Proposal] = {}
    others: list[Proposal | PassedOver] = []
    for part in parts:
        if isinstance(part, PassedOver):
            others.append(part)
            continue
        way = (part.lines, part.asks_zone, part.link, part.is_relative)
        known = ways.get(way)
        ways[way] = part if known is None else _both(known, part)
    return [*ways.values(), *others]


def _both(one: Proposal, other: Proposal) -> Proposal:
    return replace(
        one,
        patterns=(*one.patterns, *other.patterns),
        files=one.files + other.files,
        surveyed=(*one.surveyed, *other.surveyed),
        others=one.others + other.others,
        why=one.why or other.why,
        makers=tuple(sorted({*one.makers, *other.makers})),
    )


def _parted(
    found: Iterable[Surveyed], fitting: Collection[str]
) -> tuple[tuple[Surveyed, ...], tuple[Surveyed, ...]]:
    """Return what was found in the files named in ``fitting``, and in others."""
    found = tuple(found)
    fit = tuple(each for each in found if each.file in fitting)
    return fit, tuple(each for each in found if each.file not in fitting)


def _counts(found: Mapping[Path, Surveyed]) -> tuple[int, int]:
    """Return how many records can be read once questions are answered, and how many are rejected."""
    given = sum(each.articles + sum(times for _, times in each.kinds) for each in found.values())
    rejects = sum(each.rejects for each in found.values())
    asking = sum(
        times for each in found.values() for reason, _, times in each.reasons if _is_question(reason)
    )
    return given + asking, rejects - asking


def _is_question(reason: str) -> bool:
    # A sentence mistaken for a date seems to have words of another language; undated entries have their own way.
    return any(
        sign in reason for sign, _ in _QUESTIONS if not sign.startswith(("declare dates: l", "date: fetched"))
    )


def _reasons(found: Iterable[Surveyed]) -> list[str]:
    # An embargo that cannot be read leaves an article out.
    return [reason for each in found for reason, _, _ in (*each.reasons, *each.left_out)]


def _questions(reasons: Iterable[str]) -> list[str]:
    reasons = tuple(reasons)
    return [line for sign, lines in _QUESTIONS if any(sign in reason for reason in reasons) for line in lines]


def _beside(said: Iterable[str], questions: Iterable[str]) -> list[str]:
    """Join ``questions`` about dates with the ``dates`` that are declared already, because keys must not repeat."""
    known = next((line[len(_DATES) : -1] for line in said if line.startswith(_DATES)), "")
    return [
        line.replace(f"# {_DATES}", f"# in place of the line above: {_DATES}{known}, ") if known else line
        for line in questions
    ]


def _has_articles(found: Surveyed) -> bool:
    """Say whether a file has articles, or would have some if a question were answered."""
    asks = any(sign in reason for reason in _reasons([found]) for sign, _ in _QUESTIONS)
    return bool(found.articles or found.left_out or asks)


def _why(found: Iterable[Surveyed]) -> str:
    """Return why files gave no article: the commonest reason, and its first place."""
    kinds: dict[str, list[str]] = defaultdict(list)
    shown: dict[str, str] = {}
    found = tuple(found)
    for each in found:
        for reason, place, _ in each.reasons:
            kind = reason.partition(";")[0]
            kinds[kind].append(each.file)
            shown.setdefault(kind, f"{place}: {reason}")
    if not kinds:
        return "there is no article in them"
    most = max(kinds, key=lambda kind: len(set(kinds[kind])))
    others = len(set(kinds[most])) - 1
    also = f" (and so in {others:,} more)" if others else ""
    told = shown[most] + also
    if all(each.format == "text" for each in found) and "half a record" in most:
        told += "; no line of the text is a date and nothing else, and the name of the file has none"
    return told


@dataclass(frozen=True, slots=True)
class _Head:
    """The beginning of a file, and the format that it is read as."""

    format: str
    data: bytes

    @property
    def lines(self) -> list[str]:
        """Its first lines, without blank ones."""
        return [line.strip() for line in self.data.decode("latin-1").splitlines() if line.strip()]

    @property
    def is_binary(self) -> bool:
        """Whether its bytes are not text in any encoding that needs no declaration."""
        controls = len(self.data) - len(self.data.translate(None, _CONTROLS))
        return not INPUT_FORMATS[self.format].binary and (
            20 * controls > len(self.data) or self.data.startswith(b"%PDF-")
        )

    @property
    def has_headers(self) -> bool:
        """Whether it is text that begins with a line such as ``Title: …``."""
        return self.format == "text" and HEADER.match(self.data.decode("latin-1")) is not None


def _heads(spec: SourceSpec, paths: list[Path]) -> tuple[dict[Path, _Head], list[str]]:
    """Return the beginnings of files, and why others cannot be read."""
    heads: dict[Path, _Head] = {}
    problems = []
    for path in paths:
        try:
            with open_stream(spec, path) as stream:
                taken = format_of(spec, stream, path.name)
                reader(taken, display_name(spec, path))  # raises if a package is missing
                heads[path] = _Head(taken, stream.read(_BEGINNING))
        except SourceError as error:
            problems.append(str(error))
    return heads, problems


def _items(spec: SourceSpec, sample: list[Path]) -> Iterator[Item]:
    for path in sample:
        with suppress(SourceError):
            yield from islice(read(spec, path, _AUTHORITY), SAMPLE_ITEMS)

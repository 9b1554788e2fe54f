"""Look at a folder of unknown files and propose the sources that would read them, with what has to be decided.

Nothing is guessed in silence: what a file does not say (a zone, an encoding, the order of day and month) stands
in the proposal as a comment that asks.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from feedpub.article import Article, Reject
from feedpub.dates import DatePolicy
from feedpub.errors import SourceError
from feedpub.sources.boilerplate import fold_heading, tail_start
from feedpub.sources.formats import COMPRESSED, missing_extra
from feedpub.sources.opening import read
from feedpub.sources.spec import SourceSpec
from feedpub.sources.survey import Surveyed, survey_file

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


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed source: its lines of config, and what was found in its files."""

    path: str
    files: int
    lines: tuple[str, ...]
    surveyed: tuple[Surveyed, ...]

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
    if len(groups) > 1:
        # No pattern fits files without an ending and nothing else.
        groups.pop("", None)
    prefix = PurePosixPath(Path(os.path.relpath(folder, base)).as_posix())
    proposals = []
    for ending, found in sorted(groups.items()):
        place = prefix if all(path.parent == folder for path in found) else prefix / "**"
        proposals.append(_proposal(str(place / f"*{ending}"), found, base))
    return [proposal for proposal in proposals if proposal.articles or _undecided(proposal)]


def _undecided(proposal: Proposal) -> bool:
    return any(line.startswith("#") for line in proposal.lines)


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
    lines = [f"path: {json.dumps(pattern)}"]
    sample = found[:SAMPLE]
    surveyed = tuple(result for path in sample if (result := _survey(spec, path)))
    reasons = " ".join(reason for result in surveyed for reason, _, _ in result.reasons)
    strict = replace(spec, dates=DatePolicy())
    if any("no time zone" in r for path in sample if (s := _survey(strict, path)) for r, _, _ in s.reasons):
        lines += [
            "# Dates here name no zone: write the one they are meant in, as Europe/Paris.",
            "timezone: UTC",
        ]
    if "is not UTF-8" in reasons:
        lines += [
            "# Some records are not UTF-8. If they are of a Western Windows, say so:",
            "# encoding: cp1252",
        ]
    if "day first or month first" in reasons:
        lines += [
            "# Dates such as 3/4/2023 can be read in two ways; say which:",
            "# dates: {day_first: true}",
        ]
    if "year of two digits" in reasons:
        lines += [
            "# Years have two digits; say in which hundred years they lie:",
            "# dates: {two_digit_years: 1950}",
        ]
    if "is a bare number" in reasons:
        lines += [
            "# Dates are bare numbers. If they count seconds since 1970:",
            "# dates: {formats: [epoch]}",
        ]
    for result in surveyed:
        if extra := missing_extra(result.format):
            lines += [f"# To read {result.format} files, install feedpub[{extra}]."]
            break
    headings, markers = _boilerplate(spec, sample)
    if headings:
        lines.append(f"boilerplate: {json.dumps(headings, ensure_ascii=False)}")
    if markers:
        lines.append(f"related_links: {json.dumps(markers, ensure_ascii=False)}")
    return Proposal(pattern, len(found), tuple(lines), surveyed)


def _survey(spec: SourceSpec, path: Path) -> Surveyed | None:
    try:
        return survey_file(spec, path)
    except SourceError:
        return None


def _boilerplate(spec: SourceSpec, sample: list[Path]) -> tuple[list[str], list[str]]:
    """Return the known headings and markers that stand in the sample as such."""
    known = {fold_heading(heading).rstrip("."): heading for heading in HEADINGS}
    headings: dict[str, None] = {}
    markers: dict[str, None] = {}
    for path in sample:
        try:
            items = list(read(spec, path, _AUTHORITY)) if path.stat().st_size < 1 << 24 else []
        except (SourceError, OSError):
            continue
        for item in items:
            text = item.text if isinstance(item, Reject) else item.body if isinstance(item, Article) else ""
            for line in text.split("\n"):
                if len(line) < 60 and fold_heading(line).rstrip(".: ") in known:
                    headings[line.strip()] = None
            if isinstance(item, Article):
                markers |= {
                    marker: None for marker in MARKERS if tail_start(item.body, (marker,)) is not None
                }
    return list(headings), list(markers)

"""``feedpub validate``: say what is wrong with any RSS, Atom or JSON feed, offline unless it is named by address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from feedpub import __version__
from feedpub.cli.console import FAILED, USAGE, print_text
from feedpub.cli.validate_files import STDIN, Chosen, fetched, read
from feedpub.cli.validate_settings import Ignores, read_ignores
from feedpub.validator import PROFILES, Level, Requirements, inspect, is_valid, reports, select
from feedpub.validator.delivery import is_web
from feedpub.validator.document import MAX_BYTES
from feedpub.validator.manual import PAGES, page, similar
from feedpub.validator.recognition import HEAD, Kind, kind_of
from feedpub.validator.reports import Validated


class Output(StrEnum):
    """How the findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


class Profile(StrEnum):
    """A podcast directory whose requirements a feed must meet."""

    APPLE = "apple"
    PODCAST_2 = "podcast-2.0"


def validate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Files, folders, patterns, https addresses, or - for standard input.",
            show_default=False,
        ),
    ] = None,
    *,
    report_format: Annotated[Output, typer.Option("--format", help="How to report.")] = Output.TEXT,
    level: Annotated[Level, typer.Option(help="The lowest level of findings to report.")] = Level.WARNING,
    fail_on: Annotated[
        Level, typer.Option(help="The lowest level of findings for exit status 1.")
    ] = Level.ERROR,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="A check to ignore; may be repeated.")
    ] = None,
    profile: Annotated[
        Profile | None,
        typer.Option(help="Also check the requirements of this podcast directory.", show_default=False),
    ] = None,
    max_age: Annotated[
        str | None, typer.Option(metavar="AGE", help="How old the newest item may be, such as 48h or 7d.")
    ] = None,
    min_items: Annotated[
        int, typer.Option(metavar="N", min=0, help="The minimum number of items.", show_default=False)
    ] = 0,
    location: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The address of the feed, to check its self link."),
    ] = None,
    allow_private: Annotated[bool, typer.Option(help="Fetch from private and local addresses, too.")] = False,
    only_feeds: Annotated[
        bool,
        typer.Option("--only-feeds", help="Pass over named files that are not feeds, like those in folders."),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Do not say how many files were validated and passed over.")
    ] = False,
    explain: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Print the manual page of a check; validate nothing."),
    ] = None,
) -> None:
    """Validate feeds: RSS 2.0, Atom 1.0, JSON Feed 1.1 and their extensions.

    In a folder, it validates files ending in .rss, .atom and .jsonfeed, files with the usual names of feeds (feed.xml,
    rss.xml, atom.xml, podcast.xml, feed.json), and other .xml and .json files that look like feeds. Templates of site
    generators and RSS 1.0 are not checked. Standard error names the files that were passed over. The exit status is 0
    if all feeds are valid, 1 if one has an error, and 2 for wrong usage, such as a folder without a feed, or a named
    file that cannot be checked.

    It fetches only feeds that are named by address. For these it also checks how the server sends them.

    Checks to ignore, everywhere or in some files, can be listed in pyproject.toml or feedpub-validate.toml.

    Example: feedpub validate public/ --format github --ignore missing-guid
    """
    ignored = tuple(_known(code) for code in ignore or ())
    if explain is not None:
        _explain(_known(explain))
        return
    if not paths:
        raise typer.BadParameter("name at least one file, or - for standard input", param_hint="PATH")
    run = _Run(
        Requirements(_duration(max_age), min_items, PROFILES[profile] if profile else None),
        frozenset(ignored),
        read_ignores(Path.cwd(), _problem_of),
        level,
        fail_on,
        location,
        datetime.now(UTC),
        allow_private,
    )
    chosen = Chosen(only_feeds)
    try:
        for path in paths:
            chosen.add(path)
        if location is not None and len(chosen.files) != 1:
            raise typer.BadParameter("an address belongs to one feed; name one file", param_hint="--location")
        _report(_noted(map(run.validated, chosen.files), chosen), report_format)
    finally:
        if not quiet:
            chosen.tell()
    if run.failed:
        raise typer.Exit(FAILED)
    if chosen.unchecked:
        raise typer.Exit(USAGE)


_AGE: Final = re.compile(r"(\d{1,6})\s*([mhdw])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _duration(text: str | None) -> timedelta | None:
    if text is None:
        return None
    found = _AGE.fullmatch(text.strip().lower())
    if found is None:
        raise typer.BadParameter(f"{text!r} is not an age; write 48h, 7d or 2w", param_hint="--max-age")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _problem_of(code: str) -> str:
    """Return what is wrong with the code of a check, or an empty text."""
    if code in PAGES:
        return ""
    near = similar(code)
    return f"there is no check {code!r}" + (f"; did you mean {near!r}?" if near else "")


def _known(code: str) -> str:
    problem = _problem_of(code)
    if problem:
        raise typer.BadParameter(problem)
    return code


def _explain(code: str) -> None:
    print_text(page(PAGES[code]))


@dataclass
class _Run:
    """The options for all feeds, and whether one had a finding that means exit status 1."""

    requirements: Requirements
    ignored: frozenset[str]
    ignores: Ignores
    level: Level
    fail_on: Level
    location: str | None
    now: datetime
    allow_private: bool
    failed: bool = False

    def validated(self, file: str) -> Validated:
        name = "<stdin>" if file == STDIN else file
        location, delivery = self.location, None
        if is_web(file):
            data, delivery = fetched(file, allow_private=self.allow_private)
            location = location or delivery.location
        else:
            # One byte more than the limit, so that a larger feed is recognised without reading it all.
            data = read(file, MAX_BYTES + 1)
            if kind_of(data[:HEAD]) is Kind.TEMPLATE:
                return Validated(name, data, "unknown", None, (), f"a {Kind.TEMPLATE}")
        report = inspect(data, location, now=self.now, requirements=self.requirements, delivery=delivery)
        counted = select(report.findings, ignore=self.ignored | self.ignores.of(file))
        valid = is_valid(counted)
        shown, failing = (select(counted, level=level) for level in (self.level, self.fail_on))
        self.failed = self.failed or bool(failing)
        return Validated(
            name,
            data,
            report.format,
            None if report.unchecked and valid else valid,
            # Findings that mean exit status 1 are always shown.
            tuple(failing if len(failing) > len(shown) else shown),
            report.unchecked,
        )


def _noted(feeds: Iterable[Validated], chosen: Chosen) -> Iterator[Validated]:
    for feed in feeds:
        if feed.valid is None:
            chosen.unchecked.append((feed.file, feed.unchecked))
        else:
            chosen.validated += 1
        yield feed


def _report(feeds: Iterator[Validated], report_format: Output) -> None:
    """Print the findings, feed by feed if the format allows."""
    if report_format is Output.SARIF:
        print_text(reports.sarif(feeds, __version__))
    elif report_format is Output.GITHUB:
        if shown := reports.github(feeds):
            print_text(shown)
    else:
        show = reports.text if report_format is Output.TEXT else reports.json_line
        for feed in feeds:
            print_text(show(feed))

"""``feedpub validate``: say what is wrong with any RSS, Atom or JSON feed, offline."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from feedpub.cli.console import FAILED, USAGE, count, print_error, print_text
from feedpub.core.errors import SourceError
from feedpub.validator import Level

if TYPE_CHECKING:
    from feedpub.validator.recognition import Kind
    from feedpub.validator.reports import Validated

_STDIN: Final = "-"
# How many files that are passed over for one reason are named.
_NAMED: Final = 3


class Output(StrEnum):
    """How the findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def validate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH...", help="Files, folders, patterns, or - for standard input.", show_default=False
        ),
    ] = None,
    *,
    report_format: Annotated[Output, typer.Option("--format", help="How to report.")] = Output.TEXT,
    level: Annotated[Level, typer.Option(help="The least grave findings to report.")] = Level.WARNING,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="A check that does not count; may be repeated.")
    ] = None,
    location: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The address the feed is served from, for its self link."),
    ] = None,
    only_feeds: Annotated[
        bool, typer.Option("--only-feeds", help="Pass over named files that are not feeds, as in a folder.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Do not say how many files were validated and passed over.")
    ] = False,
    explain: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Print the manual page of a check, and validate nothing."),
    ] = None,
) -> None:
    """Validate feeds: RSS 2.0, Atom 1.0, JSON Feed 1.1 and their extensions. Nothing is fetched.

    In a folder, files ending in .rss, .atom and .jsonfeed count, those that are feeds by convention (feed.xml, rss.xml,
    atom.xml, podcast.xml, feed.json), and other .xml and .json files that look like feeds. Templates of site generators
    and RSS 1.0 are not checked. What was passed over is said on standard error. The exit status is 0 where all feeds
    are valid, 1 where one has an error, 2 for wrong usage: a folder without a feed, a named file that is not checked.

    Example: feedpub validate public/ --format github --ignore missing-guid
    """
    ignored = tuple(_known(code) for code in ignore or ())
    if explain is not None:
        _explain(_known(explain))
        return
    if not paths:
        raise typer.BadParameter("name at least one file, or - for standard input", param_hint="PATH")
    chosen = _Chosen(only_feeds)
    try:
        for path in paths:
            chosen.add(path)
        if location is not None and len(chosen.files) != 1:
            raise typer.BadParameter("an address belongs to one feed; name one file", param_hint="--location")
        now = datetime.now(UTC)
        valid = _report(
            (_validated(file, level, ignored, location, now) for file in chosen.files), chosen, report_format
        )
    finally:
        if not quiet:
            chosen.tell()
    if not valid:
        raise typer.Exit(FAILED)
    if chosen.unchecked:
        raise typer.Exit(USAGE)


def _known(code: str) -> str:
    from feedpub.validator.manual import PAGES, similar  # noqa: PLC0415 - loads the checks

    if code in PAGES:
        return code
    near = similar(code)
    raise typer.BadParameter(f"there is no check {code!r}" + (f"; did you mean {near!r}?" if near else ""))


def _explain(code: str) -> None:
    from feedpub.validator.manual import PAGES, page  # noqa: PLC0415 - loads the checks

    print_text(page(PAGES[code]))


@dataclass
class _Chosen:
    """The files that the paths mean, and those that are passed over or could not be checked, by what they are."""

    only_feeds: bool
    files: list[str] = field(default_factory=list)
    passed: dict[Kind, list[str]] = field(default_factory=dict)
    unchecked: list[tuple[str, str]] = field(default_factory=list)
    from_folder: bool = False

    def add(self, path: str) -> None:
        """Take every file that a path means. A path that means none is wrong usage: it would be valid for ever."""
        before = len(self.files)
        named = self._add(path)
        if len(self.files) == before and not (named and self.only_feeds):
            raise typer.BadParameter(f"there is no feed in {path}", param_hint="PATH")

    def _add(self, path: str) -> bool:
        """Take the files of a path; return whether it names files, and no folder."""
        if path == _STDIN or os.path.isfile(path):  # noqa: PTH113 - names are printed as they were given
            self._consider(path, named=True)
            return True
        if os.path.isdir(path):  # noqa: PTH112 - as above
            self.from_folder = True
            for file in sorted(map(str, Path(path).rglob("*"))):
                self._consider(file, named=False)
            return False
        if os.path.exists(path):  # noqa: PTH110 - as above
            # A pipe may never end, a device never does.
            raise typer.BadParameter(
                f"{path} is neither a file nor a folder; read it with: feedpub validate - < {path}",
                param_hint="PATH",
            )
        matches = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else []  # noqa: PTH207 - as above
        chosen = [match for match in matches if os.path.isfile(match) or os.path.isdir(match)]  # noqa: PTH112, PTH113 - as above
        if not chosen:
            raise typer.BadParameter(f"{path}: no such file", param_hint="PATH")
        return any(list(map(self._add, chosen)))

    def _consider(self, file: str, *, named: bool) -> None:
        from feedpub.validator.recognition import HEAD, may_be_feed, passed_over  # noqa: PLC0415 - loads the reader

        if named and (file == _STDIN or not self.only_feeds):
            self.files.append(file)
        elif (named or may_be_feed(file)) and os.path.isfile(file):  # noqa: PTH113 - as above
            kind = passed_over(file, _read(file, HEAD))
            if kind is None:
                self.files.append(file)
            else:
                self.passed.setdefault(kind, []).append(file)

    def tell(self) -> None:
        """Say on standard error what came of the files, where that is not plain from what was asked."""
        for file, what in self.unchecked:
            print_error(f"{file} is not checked: {what}")
        if not self.from_folder and not self.passed:
            return
        from feedpub.validator.recognition import Kind  # noqa: PLC0415 - as above

        passed = sum(map(len, self.passed.values()))
        validated = f"{count(len(self.files) - len(self.unchecked), 'feed')} validated"
        print_error(f"{validated}, {count(passed, 'file')} passed over{':' * bool(passed)}")
        for kind, files in sorted(self.passed.items(), key=lambda one: list(Kind).index(one[0])):
            names = ", ".join(files[:_NAMED])
            more = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
            print_error(f"  {len(files):,} × {kind}: {names}{more}")


def _read(file: str, limit: int) -> bytes:
    try:
        if file == _STDIN:
            return sys.stdin.buffer.read(limit)
        with open(file, "rb") as stream:  # noqa: PTH123 - as above
            return stream.read(limit)
    except OSError as error:
        raise SourceError(file, error.strerror or str(error)) from error


def _validated(
    file: str, level: Level, ignored: tuple[str, ...], location: str | None, now: datetime
) -> Validated:
    from feedpub.validator import inspect, is_valid, select  # noqa: PLC0415 - beside the next line
    from feedpub.validator.document import MAX_BYTES  # noqa: PLC0415 - loads the parser
    from feedpub.validator.recognition import HEAD, Kind, kind_of  # noqa: PLC0415 - as above
    from feedpub.validator.reports import Validated as Made  # noqa: PLC0415 - as above

    # One byte more than is validated, so that a feed beyond the limit is known without reading it all.
    data = _read(file, MAX_BYTES + 1)
    name = "<stdin>" if file == _STDIN else file
    if kind_of(data[:HEAD]) is Kind.TEMPLATE:
        return Made(name, data, "unknown", None, (), f"a {Kind.TEMPLATE}")
    report = inspect(data, location, now=now)
    counted = select(report.findings, ignore=ignored)
    valid = is_valid(counted)
    return Made(
        name,
        data,
        report.format,
        None if report.unchecked and valid else valid,
        tuple(select(counted, level=level)),
        report.unchecked,
    )


def _report(feeds: Iterator[Validated], chosen: _Chosen, report_format: Output) -> bool:
    """Print what was found, feed by feed where the format allows; return whether no feed has an error."""
    from feedpub.validator import reports  # noqa: PLC0415 - loads the reader

    valid = True

    def seen() -> Iterator[Validated]:
        nonlocal valid
        for feed in feeds:
            valid = valid and feed.valid is not False
            if feed.valid is None:
                chosen.unchecked.append((feed.file, feed.unchecked))
            yield feed

    if report_format is Output.SARIF:
        from feedpub import __version__  # noqa: PLC0415 - as above

        print_text(reports.sarif(seen(), __version__))
    elif report_format is Output.GITHUB:
        if shown := reports.github(seen()):
            print_text(shown)
    else:
        show = reports.text if report_format is Output.TEXT else reports.json_line
        for feed in seen():
            print_text(show(feed))
    return valid

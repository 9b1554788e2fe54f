"""``feedpub validate``: say what is wrong with any RSS, Atom or JSON feed, offline."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from feedpub.cli.console import FAILED, print_text
from feedpub.core.errors import SourceError
from feedpub.validator import Level

if TYPE_CHECKING:
    from feedpub.validator.reports import Validated

_SUFFIXES: Final = frozenset({".rss", ".atom", ".jsonfeed"})
# Folders hold other files of these suffixes as well: maps of the site, manifests.
_PERHAPS: Final = frozenset({".xml", ".json"})
_SIGNS: Final = (b"<rss", b"<feed", b"jsonfeed.org/version")
_STDIN: Final = "-"


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
    explain: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Print the manual page of a check, and validate nothing."),
    ] = None,
) -> None:
    """Validate feeds: RSS 2.0, Atom 1.0, JSON Feed 1.1 and their extensions. Nothing is fetched.

    In a folder, files ending in .rss, .atom and .jsonfeed are taken, and those ending in .xml and .json that look like
    feeds. The exit status is 0 where all feeds are valid, 1 where one has an error, 2 for wrong usage, as of a folder
    without a feed.

    Example: feedpub validate public/ --format github --ignore missing-guid
    """
    ignored = tuple(_known(code) for code in ignore or ())
    if explain is not None:
        _explain(_known(explain))
        return
    if not paths:
        raise typer.BadParameter("name at least one file, or - for standard input", param_hint="PATH")
    files = list(_files(paths))
    if location is not None and len(files) != 1:
        raise typer.BadParameter("an address belongs to one feed; name one file", param_hint="--location")
    now = datetime.now(UTC)
    feeds = (_validated(file, level, ignored, location, now) for file in files)
    if not _report(feeds, report_format):
        raise typer.Exit(FAILED)


def _known(code: str) -> str:
    from feedpub.validator.manual import PAGES, similar  # noqa: PLC0415 - loads the checks

    if code in PAGES:
        return code
    near = similar(code)
    raise typer.BadParameter(f"there is no check {code!r}" + (f"; did you mean {near!r}?" if near else ""))


def _explain(code: str) -> None:
    from feedpub.validator.manual import PAGES, page  # noqa: PLC0415 - loads the checks

    print_text(page(PAGES[code]))


def _files(paths: list[str]) -> Iterator[str]:
    """Yield every file that the paths mean. One that means none is wrong usage: it would be valid for ever."""
    for path in paths:
        found = _meant(path)
        if not found:
            raise typer.BadParameter(f"there is no feed in {path}", param_hint="PATH")
        yield from found


def _meant(path: str) -> list[str]:
    """Return the files that a path means: of a folder the feeds in it, of a pattern what it matches."""
    if path == _STDIN or os.path.isfile(path):  # noqa: PTH113 - names are printed as they were given
        return [path]
    if os.path.isdir(path):  # noqa: PTH112 - as above
        return sorted(str(file) for file in Path(path).rglob("*") if _is_feed(file))
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
    return [file for match in chosen for file in _meant(match)]


def _is_feed(file: Path) -> bool:
    suffix = file.suffix.lower()
    if suffix in _SUFFIXES:
        return file.is_file()
    if suffix not in _PERHAPS or not file.is_file():
        return False
    # Without its zero bytes, UTF-16 reads like ASCII.
    head = _read(str(file), 4096).replace(b"\0", b"")
    return any(sign in head for sign in _SIGNS)


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
    from feedpub.validator.reports import Validated as Made  # noqa: PLC0415 - as above

    # One byte more than is validated, so that a feed beyond the limit is known without reading it all.
    data = _read(file, MAX_BYTES + 1)
    report = inspect(data, location, now=now)
    counted = select(report.findings, ignore=ignored)
    name = "<stdin>" if file == _STDIN else file
    return Made(name, data, report.format, is_valid(counted), tuple(select(counted, level=level)))


def _report(feeds: Iterator[Validated], report_format: Output) -> bool:
    """Print what was found, feed by feed where the format allows; return whether all feeds are valid."""
    from feedpub.validator import reports  # noqa: PLC0415 - loads the reader

    if report_format is Output.SARIF:
        from feedpub import __version__  # noqa: PLC0415 - as above

        every = list(feeds)
        print_text(reports.sarif(every, __version__))
        return all(feed.valid for feed in every)
    show = {Output.TEXT: reports.text, Output.JSON: reports.json_line, Output.GITHUB: reports.github}[
        report_format
    ]
    valid = True
    for feed in feeds:
        shown = show(feed)
        if shown:
            print_text(shown)
        valid = valid and feed.valid
    return valid

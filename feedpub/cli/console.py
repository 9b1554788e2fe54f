"""What every command shares: exit statuses, printing, JSON, the config option.

0   done, also when nothing changed
1   findings, rejects beyond what the config allows, or files that cannot be read or written
2   usage or config
3   refused by a guard
75  another run has the lock (EX_TEMPFAIL of sysexits.h: try again later)
130 interrupted with Ctrl-C
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedpub.cli.lines import Line, error_line, text_line, write_lines
from feedpub.core.errors import ConfigError, FeedpubError

if TYPE_CHECKING:
    from rich.console import Console

    from feedpub.planning.routing import Progress

OK, FAILED, USAGE, INTERRUPTED = 0, FeedpubError.exit_status, ConfigError.exit_status, 130


class Format(StrEnum):
    """How a command reports."""

    TEXT = "text"
    JSON = "json"


ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="The config file.", show_default=True, metavar="FILE")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to report.")]


def _base_url(text: str | None) -> str | None:
    if not text:
        return None
    from feedpub.config import parse_base_url  # noqa: PLC0415 - slow to import, and help needs none of it

    try:
        return parse_base_url(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


BaseUrlOption = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        help="Where the output folder will be served, instead of site.base_url.",
        metavar="URL",
        envvar="FEEDPUB_BASE_URL",
        callback=_base_url,
    ),
]

DEFAULT_CONFIG = Path("config.yaml")


def count(number: int, what: str) -> str:
    """Return a number with its noun: ``1 file``, ``2,000 files``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


class Failed(FeedpubError):
    """The command failed; the ``lines`` say why.

    ``report`` is what it found nevertheless, in the shape of its JSON.
    """

    def __init__(self, *lines: str, report: Mapping[str, Any] | None = None) -> None:
        self.report = report or {}
        super().__init__("\n".join(lines))


class Misused(Failed):
    """The command line is wrong."""

    exit_status = USAGE


def errors_as_json(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command; with ``--format json``, it prints an object with ``error`` if it fails."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except (FeedpubError, OSError, KeyboardInterrupt) as error:
            if options.get("report_format") == "json" and (said := error_as_json(error)):
                print_json(said)
            raise

    return run


def error_as_json(error: BaseException) -> dict[str, Any]:
    """Return the JSON for an error; an empty object if the output itself cannot be written."""
    if isinstance(error, OSError):
        if not error.filename:
            return {}
        return failure_as_json(FAILED, message_of(error))
    if isinstance(error, KeyboardInterrupt):
        return failure_as_json(INTERRUPTED, "interrupted")
    assert isinstance(error, FeedpubError)
    found = failure_as_json(error.exit_status, str(error))
    if isinstance(error, ConfigError):
        found["config_errors"] = [_config_error(one) for one in error.errors]
    return dict(error.report) | found if isinstance(error, Failed) else found


def failure_as_json(status: int, message: str) -> dict[str, Any]:
    """Return the JSON of a command that ends with ``status`` and an error ``message``."""
    return {"error": {"status": status, "message": message}}


def message_of(error: OSError) -> str:
    """Return the sentence for an error of the system that was not turned into one of ours."""
    # Code that reads or writes files raises our own errors, so this one comes from writing the output.
    return f"{error.filename or 'the output cannot be written'}: {error.strerror or error}"


def _config_error(error: ConfigError) -> dict[str, str | int]:
    where = error.where
    return {
        "file": where.file,
        "line": where.line,
        "column": where.column,
        "key": where.key_path,
        "problem": error.problem,
        "remedy": error.remedy,
    }


def console(*, stderr: bool = False) -> Console:
    """Return a terminal to print on; markup and emoji codes in texts are printed as they are."""
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import

    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=True)


def json_line(content: Any) -> Line:
    """Return one JSON value as a line of its own."""
    return text_line(json.dumps(content, ensure_ascii=False))


def print_json(content: Any) -> None:
    """Print one JSON value on a line of its own."""
    write_lines([json_line(content)])


def print_text(text: str) -> None:
    """Print a line."""
    write_lines([text_line(text)])


def print_error(text: str) -> None:
    """Print a sentence on standard error."""
    write_lines([error_line(text)])


@contextmanager
def progress_bar(*, wanted: bool, what: str = "Reading", things: str = "files") -> Iterator[Progress | None]:
    """Show a bar on a terminal after one second; nothing in cron or a pipe."""
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    from rich import progress  # noqa: PLC0415 - rich is slow to import

    began = time.monotonic()
    columns = (
        progress.TextColumn(what),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn(f"{things}{{task.fields[articles]}}"),
        progress.TimeElapsedColumn(),
    )
    bar = progress.Progress(*columns, console=console(stderr=True), transient=True)
    task = bar.add_task("", total=None, articles="")

    def advance(done: int, total: int, articles: int) -> None:
        if time.monotonic() - began > 1:
            bar.start()
            bar.update(
                task, completed=done, total=total, articles=f", {articles:,} articles" if articles else ""
            )

    try:
        yield advance
    finally:
        bar.stop()

"""What every command shares: exit statuses, printing, JSON, the config option.

0   done, also when nothing changed
1   findings, rejects beyond what the config allows, or files that cannot be read or written
2   usage or config
3   refused by a guard
75  another run holds the lock (EX_TEMPFAIL of sysexits.h: try again later)
130 interrupted with Ctrl-C
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
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

OK, FAILED, USAGE = 0, FeedpubError.exit_status, ConfigError.exit_status


class Format(StrEnum):
    """How a command reports."""

    TEXT = "text"
    JSON = "json"


ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="The config file.", show_default=True, metavar="FILE")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to report.")]

DEFAULT_CONFIG = Path("config.yaml")


def count(number: int, what: str) -> str:
    """Return a number of things as one says it: ``1 file``, ``2,000 files``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def report_config_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command; with ``--format json`` it prints on standard output, too, what is wrong with a config."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except ConfigError as error:
            if options.get("report_format") == Format.JSON:
                print_json({"config_errors": [_config_error(one) for one in error.errors]})
            raise

    return run


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
    """Return a terminal to print on; markup and emoji in texts mean themselves."""
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
    """Show a bar on a terminal once something has taken a second; nothing in cron or a pipe."""
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

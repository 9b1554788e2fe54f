"""The table of commands, and what an error looks like to the one who typed."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

import feedpub
from feedpub.cli.build import build
from feedpub.cli.check import check
from feedpub.cli.console import FAILED, print_error, print_text, report_config_errors, status_of
from feedpub.cli.diff import diff
from feedpub.cli.explain import explain
from feedpub.cli.fetch import fetch
from feedpub.cli.init import init
from feedpub.cli.report import report
from feedpub.cli.serve import serve
from feedpub.cli.validate import validate
from feedpub.core.errors import ConfigError, FeedpubError

COMMANDS: tuple[Callable[..., None], ...] = (
    init,
    fetch,
    check,
    build,
    explain,
    diff,
    report,
    validate,
    serve,
)
"""Every command, in the order in which help lists them; the function's name is the command's."""

app = typer.Typer(
    name="feedpub",
    help="From a folder of articles to valid, stable category feeds (RSS 2.0 and Atom 1.0).",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for command in COMMANDS:
    app.command()(report_config_errors(command))


def _version(wanted: bool) -> None:
    if wanted:
        print_text(f"feedpub {feedpub.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> Any:
    """Run the command line and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Texts come in all scripts, whatever the locale says.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(args=list(arguments) if arguments is not None else None)
    except ConfigError as error:
        for one in error.errors:
            print_error(str(one))
        sys.exit(status_of(error))
    except FeedpubError as error:
        print_error(str(error))
        sys.exit(status_of(error))
    except OSError as error:
        # Who reads or writes files names them in an error of ours: what is left is our own output.
        print_error(f"{error.filename or 'the output cannot be written'}: {error.strerror or error}")
        # What it still holds would fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)

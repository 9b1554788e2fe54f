"""The table of commands, and what an error looks like to the one who typed."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, NoReturn, cast

import typer
import typer.main
from typer.core import TyperGroup

import feedpub
from feedpub.cli.console import (
    FAILED,
    USAGE,
    errors_as_json,
    failure_as_json,
    message_of,
    print_error,
    print_json,
    print_text,
)
from feedpub.core.errors import FeedpubError

COMMANDS = {
    "init": "Write a first config for the articles of a folder.",
    "schema": "Print the JSON Schema of the config, for editors.",
    "templates": "Write out the templates of the pages.",
    "fetch": "Fetch the remote sources of a config.",
    "check": "Check a config and what its sources give.",
    "build": "Build the feeds of a config and publish them.",
    "deploy": "Copy the published feeds to where they are served.",
    "ping": "Tell the hub of a site which feeds changed.",
    "packs": "List the packs of rules and lists, or print one.",
    "suggest": "Propose a rule for a feed, learned from examples.",
    "explain": "Say what becomes of an article, and why.",
    "diff": "Say which articles a changed config moves.",
    "report": "Count what the rules find.",
    "status": "Say what the last builds did, and what is due.",
    "validate": "Validate feeds of any origin.",
    "serve": "Look at the published feeds in a browser or reader.",
}
"""Every command, in the order in which help lists them; each is the function of its name in a module of its name."""

# Typer names only one of its errors of usage: their common base is not public.
_UsageError: Any = typer.BadParameter.__base__

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _LazyGroup(TyperGroup):
    """Imports a command when it is used, so that the others, and what they need, cost nothing."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        # For the suggestion that a misspelled name gets.
        self.commands = cast("dict[str, Any]", dict.fromkeys(COMMANDS))

    def list_commands(self, _ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: Any, name: str) -> Any:
        if name not in COMMANDS:
            return None
        found = getattr(importlib.import_module(f"feedpub.cli.{name}"), name)
        alone = typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=_CONTEXT)
        alone.command(name)(errors_as_json(found))
        return typer.main.get_command(alone)

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    name="feedpub",
    cls=_LazyGroup,
    help="From a folder of articles to valid, stable category feeds (RSS 2.0 and Atom 1.0).",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=_CONTEXT,
)


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


def _asks_for_json(arguments: Sequence[str]) -> bool:
    """Say whether a command line that cannot be read asks for JSON."""
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status."""
    # What a config is read into stays. To look through it for garbage again and again cost a fifth of a small build.
    gc.set_threshold(200_000, *gc.get_threshold()[1:])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Texts come in all scripts, whatever the locale says.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.exit(app(args=given, prog_name="feedpub", standalone_mode=False))
    except _UsageError as error:
        if _asks_for_json(given):
            print_json(failure_as_json(USAGE, error.format_message()))
        error.show()
        sys.exit(USAGE)
    except typer.Abort:
        sys.stderr.write("Aborted!\n")
        sys.exit(FAILED)
    except FeedpubError as error:
        for line in str(error).split("\n"):
            print_error(line)
        sys.exit(error.exit_status)
    except OSError as error:
        print_error(message_of(error))
        # What it still holds would fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)

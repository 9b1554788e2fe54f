"""The table of commands, and how errors are shown."""

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
    "init": "Write a first config for the articles in a folder.",
    "schema": "Print the JSON Schema of the config, for editors.",
    "templates": "Write the templates of the pages to a folder.",
    "fetch": "Fetch the remote sources of a config.",
    "check": "Check a config and its sources.",
    "build": "Build the feeds of a config and publish them.",
    "deploy": "Copy the published feeds to where they are served.",
    "ping": "Tell the hub of a site which feeds changed.",
    "packs": "List the packs of rules and lists, or print one.",
    "suggest": "Propose a rule for a feed, learned from examples.",
    "explain": "Show what becomes of an article, and why.",
    "diff": "Show which articles a changed config adds and removes.",
    "report": "Count what the rules find.",
    "status": "Show what the last builds did, and what is due.",
    "validate": "Validate any feeds.",
    "serve": "Serve the published feeds on this machine.",
}
"""All commands, in the order in which help lists them. Each is a function in the module of the same name."""

# Typer exports only some of its usage errors, and not their common base.
_UsageError: Any = typer.BadParameter.__base__

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _LazyGroup(TyperGroup):
    """Imports a command only when it is used, to save the time for the others and their dependencies."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        # Typer suggests one of these for a misspelled name.
        self.commands = cast("dict[str, Any]", dict.fromkeys(COMMANDS))

    def list_commands(self, _ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: Any, name: str) -> Any:
        if name not in COMMANDS:
            return None
        found = getattr(importlib.import_module(f"feedpub.cli.{name}"), name)
        alone = typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=_CONTEXT)
        alone.command(name)(errors_as_json(found))
        command = typer.main.get_command(alone)
        for parameter in command.params:
            if parameter.param_type_name == "argument":
                # Typer adds the type to the name of an argument, such as "FOLDER <list[str]>".
                parameter.__dict__["display_type_rich"] = lambda ctx: None  # noqa: ARG005 - named so by Typer
        return command

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    name="feedpub",
    cls=_LazyGroup,
    help="Publish a folder of articles as valid, stable category feeds (RSS 2.0, Atom 1.0, JSON Feed 1.1).",
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
    """Say whether a command line that cannot be parsed asks for JSON."""
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status."""
    # The compiled config lives until the end; collecting garbage among it took a fifth of a small build.
    gc.set_threshold(200_000, *gc.get_threshold()[1:])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Texts may be in any script, whatever the locale is.
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
        # Flushing the rest of its buffer at exit would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)

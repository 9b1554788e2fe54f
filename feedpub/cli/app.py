"""The table of commands, and what an error looks like to the one who typed."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, cast

import typer
import typer.main
from typer.core import TyperGroup

import feedpub
from feedpub.cli.console import FAILED, print_error, print_text, report_config_errors
from feedpub.core.errors import ConfigError, FeedpubError

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
        alone.command(name)(report_config_errors(found))
        return typer.main.get_command(alone)

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    name="feedpub",
    cls=_LazyGroup,
    help="From a folder of articles to valid, stable category feeds (RSS 2.0 and Atom 1.0).",
    no_args_is_help=True,
    add_completion=False,
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


def main(arguments: Sequence[str] | None = None) -> Any:
    """Run the command line and exit with its status."""
    # What a config is read into stays. To look through it for garbage again and again cost a fifth of a small build.
    gc.set_threshold(200_000, *gc.get_threshold()[1:])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Texts come in all scripts, whatever the locale says.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(args=list(arguments) if arguments is not None else None)
    except ConfigError as error:
        for one in error.errors:
            print_error(str(one))
        sys.exit(error.exit_status)
    except FeedpubError as error:
        print_error(str(error))
        sys.exit(error.exit_status)
    except OSError as error:
        # Who reads or writes files names them in an error of ours: what is left is our own output.
        print_error(f"{error.filename or 'the output cannot be written'}: {error.strerror or error}")
        # What it still holds would fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)

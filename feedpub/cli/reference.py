"""``docs/commands.md``, made from the commands themselves: ``python -m feedpub.cli.reference > docs/commands.md``."""

from __future__ import annotations

from typing import Any

import typer.main

from feedpub.cli.app import app

_HEAD = """\
# Commands

`python3 run.py golden` generates this page from the `--help` texts. All commands use the same exit statuses:
0 done, 1 findings, 2 wrong usage or config, 3 refused by a guard, 75 another run has the lock, 130 interrupted.
"""


def manual() -> str:
    """Return the page: the help of every command, as a terminal of 100 columns shows it."""
    group = typer.main.get_command(app)
    width: dict[str, Any] = {"terminal_width": 100, "color": False}
    pages = [_HEAD]
    context = group.make_context("feedpub", [], resilient_parsing=True, **width)
    for name in group.list_commands(context):  # type: ignore[attr-defined] # typer's own group has it
        command = group.get_command(context, name)  # type: ignore[attr-defined]
        with command.make_context(f"feedpub {name}", [], resilient_parsing=True, **width) as below:
            pages.append(f"## feedpub {name}\n\n```text\n{command.get_help(below).rstrip()}\n```\n")
    return "\n".join(pages)


if __name__ == "__main__":
    print(manual(), end="")  # noqa: T201 - to be redirected into the page

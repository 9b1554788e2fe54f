"""The program, as ``feedpub`` and as ``python -m feedpub``: the command line, and what an interrupt looks like.

Nothing is imported before it can be interrupted, since the imports take longer than many commands.
"""

from __future__ import annotations

import sys

INTERRUPTED = 130
"""The status that shells give to what Ctrl-C has ended, and typer to a command that it has."""


def main() -> None:
    """Run the command line and exit with its status; Ctrl-C, however early, is one line."""
    try:
        from feedpub.cli.app import main as run  # noqa: PLC0415 - as above

        run()
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, SystemExit) and end.code != INTERRUPTED:
            raise
        sys.stderr.write("feedpub: interrupted; what was published is still whole\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()

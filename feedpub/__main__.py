"""The program, as ``feedpub`` and as ``python -m feedpub``: the command line, and how an interrupt looks.

Everything is imported where an interrupt is handled, because the imports take longer than many commands. A build that
has nothing to do imports little more than this.
"""

from __future__ import annotations

import sys
import time

INTERRUPTED = 130
"""The exit status of a command that was ended by Ctrl-C, in shells and in typer."""


def main() -> None:
    """Run the command line and exit with its status; Ctrl-C prints one line, however early it comes."""
    try:
        from feedpub.cli.lines import Line, write_lines  # noqa: PLC0415 - as above
        from feedpub.publishing.early_exit import repeated  # noqa: PLC0415

        if told := repeated(sys.argv[1:], time.time_ns()):
            write_lines(Line(*line) for line in told.lines)
            sys.exit(told.status)
        from feedpub.cli.app import main as run  # noqa: PLC0415 - as above

        run()
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, SystemExit) and end.code != INTERRUPTED:
            raise
        sys.stderr.write("feedpub: interrupted; what was published is still whole\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()

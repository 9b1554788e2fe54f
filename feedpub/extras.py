"""What to do about a package that a source needs and that is not installed."""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec


def install_hint(extra: str) -> str:
    """Return the command that installs an extra where this program runs, whichever environment is active."""
    python = shlex.quote(sys.executable)
    installer = f"{python} -m pip install" if find_spec("pip") else f"uv pip install --python {python}"
    return f"install it with: {installer} 'feedpub[{extra}]'"

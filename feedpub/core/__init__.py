"""What everything may import: errors, values that feeds can carry, YAML that knows its place, and a disk spool."""

from typing import Final

RACE: Final = 2_000_000_000
"""In nanoseconds: a file that changed so shortly before a build began may change again without its times showing it."""

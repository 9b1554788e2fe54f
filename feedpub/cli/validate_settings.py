"""Which checks to ignore, and where: ``[tool.feedpub.validate]`` in pyproject.toml, or feedpub-validate.toml.

    [tool.feedpub.validate]
    ignore = ["missing-guid"]

    [tool.feedpub.validate.per-file-ignores]
    "public/tags/**" = ["missing-self-link"]

``feedpub-validate.toml`` has the same without the name of the table. The file in the nearest folder counts, from the
current one upwards. Patterns are relative to its folder: ``*`` matches part of a name, ``**`` any folders.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from feedpub.core.errors import ConfigError, SourceError, Where

_OWN: Final = "feedpub-validate.toml"
_SHARED: Final = "pyproject.toml"
_KEYS: Final = ("ignore", "per-file-ignores")


@dataclass(frozen=True, slots=True)
class Ignores:
    """The codes of checks to ignore: in all files, and in files that match a pattern."""

    folder: Path = Path()
    everywhere: frozenset[str] = frozenset()
    by_pattern: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = ()

    def of(self, file: str) -> frozenset[str]:
        """Return the codes to ignore in a file."""
        if not self.by_pattern:
            return self.everywhere
        # Match the path as typed, and the one to which links lead.
        places = {Path(os.path.abspath(file)), Path(file).resolve()}  # noqa: PTH100 - Path has nothing that keeps links
        names = [
            place.relative_to(self.folder).as_posix() for place in places if place.is_relative_to(self.folder)
        ]
        return self.everywhere.union(
            *(codes for pattern, codes in self.by_pattern if any(map(pattern.fullmatch, names)))
        )


def read_ignores(start: Path, problem_of: Callable[[str], str]) -> Ignores:
    """Return the settings in the nearest file, from the folder ``start`` upwards.

    ``problem_of`` returns what is wrong with the code of a check, or an empty text.
    """
    for folder in (start, *start.parents):
        for name in (_OWN, _SHARED):
            file = folder / name
            table = _table(file)
            if table is not None:
                return _ignores(file, table, problem_of)
    return Ignores()


def _table(file: Path) -> Any:
    """Return our table in a file, ``None`` if there is none."""
    import tomllib  # noqa: PLC0415 - most folders have no such file

    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(file), getattr(error, "strerror", None) or "it is not UTF-8") from error
    try:
        table: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, 1)
        raise ConfigError(Where(str(file), line, column), f"it is not TOML: {error}") from error
    if file.name == _OWN:
        return table
    for key in ("tool", "feedpub", "validate"):
        table = table.get(key) if isinstance(table, dict) else None
    return table


def _ignores(file: Path, table: Any, problem_of: Callable[[str], str]) -> Ignores:
    if not isinstance(table, dict):
        raise _wrong(file, "validate", "it must be a table")
    for key in table:
        if key not in _KEYS:
            raise _wrong(file, key, "there is no such key", f"there are {' and '.join(_KEYS)}")
    by_file = table.get(_KEYS[1], {})
    if not isinstance(by_file, dict):
        raise _wrong(file, _KEYS[1], "it must be a table from patterns to lists of checks")
    return Ignores(
        file.parent.resolve(),
        _codes(file, _KEYS[0], table.get(_KEYS[0], []), problem_of),
        tuple(
            (_pattern(pattern), _codes(file, pattern, codes, problem_of))
            for pattern, codes in by_file.items()
        ),
    )


def _codes(file: Path, key: str, codes: Any, problem_of: Callable[[str], str]) -> frozenset[str]:
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise _wrong(file, key, "it must be a list of checks", 'such as ["missing-guid"]')
    for code in codes:
        problem = problem_of(code)
        if problem:
            raise _wrong(file, code, problem)
    return frozenset(codes)


def _wrong(file: Path, word: str, problem: str, remedy: str = "") -> ConfigError:
    """Return an error at the first place of a word, because the TOML parser reports no places."""
    text = file.read_text(encoding="utf-8")
    at = max(text.find(word), 0)
    where = Where(str(file), text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    return ConfigError(where, f"{word}: {problem}", remedy)


def _pattern(pattern: str) -> re.Pattern[str]:
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    made = "".join(
        parts.get(part) or re.escape(part)
        for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./").rstrip("/"))
    )
    # A folder means all files in it.
    return re.compile(f"{made}(?:/.*)?", re.DOTALL)

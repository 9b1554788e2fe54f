"""The look of pages: our templates and style sheet, each of which a file in a folder of the owner may replace."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Final

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
)

from feedpub.core.errors import ConfigError, Where

STYLE: Final = "style.css"
ICON: Final = "icon.svg"
OURS: Final = Path(str(files("feedpub.documents.pages") / "templates"))


def our_templates() -> dict[str, bytes]:
    """Return our templates, with style sheet and icon, by name."""
    return {file.name: file.read_bytes() for file in sorted(OURS.iterdir())}


@dataclass(frozen=True)
class Look:
    """The templates of ``folder``, and ours for names that it does not have; with ``None``, only ours.

    A template in the folder can use ours of the same name as ``default/NAME``. Texts of articles are never
    templates: all values are escaped. A misspelt name in a template is an error.
    """

    folder: Path | None = None

    def render(self, template: str, **values: object) -> str:
        """Return ``template`` filled with ``values``. Raises :class:`ConfigError` with file and line if it fails."""
        try:
            return self._environment.get_template(template).render(**values)
        except TemplateSyntaxError as error:
            raise _failed(Path(error.filename or template), error.lineno, error.message or "") from error
        except ConfigError:
            raise
        except Exception as error:
            # A template may call anything that fails; ours do not, so it must be one of the folder's.
            frames = traceback.extract_tb(error.__traceback__)
            where = next(
                (f for f in reversed(frames) if self.folder and Path(f.filename).parent == self.folder), None
            )
            if where is None:
                raise
            why = f"there is no template {error.name}" if isinstance(error, TemplateNotFound) else str(error)
            raise _failed(Path(where.filename), where.lineno or 1, why) from error

    @cached_property
    def style(self) -> tuple[str, bytes]:
        """The name of the style sheet, which contains the hash of its bytes, and the bytes."""
        data = self._file(STYLE)
        return f"style.{hashlib.sha256(data).hexdigest()[:12]}.css", data

    @cached_property
    def icon(self) -> bytes:
        """The icon."""
        return self._file(ICON)

    @cached_property
    def made_with(self) -> str:
        """A digest of everything that turns values into pages: templates, words and code."""
        found = hashlib.sha256()
        for folder in (OURS.parent, OURS, *([self.folder] if self.folder else [])):
            for file in sorted(folder.iterdir()):
                if file.is_file():
                    found.update(_bytes_of(file))
        return found.hexdigest()

    def _file(self, name: str) -> bytes:
        own = self.folder / name if self.folder else None
        return _bytes_of(own if own and own.is_file() else OURS / name)

    @cached_property
    def _environment(self) -> Environment:
        return _environment(self.folder) if self.folder else _our_environment()


class _Folder(FileSystemLoader):
    """Templates of a folder; one that is not UTF-8, or cannot be read, is a config error."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        file = Path(self.searchpath[0], template)
        if file.is_file():
            data = _bytes_of(file)
            try:
                data.decode()
            except UnicodeDecodeError as error:
                line = data.count(b"\n", 0, error.start) + 1
                raise _failed(file, line, "it is not UTF-8; save it as that") from error
        return super().get_source(environment, template)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _failed(file, 1, f"it can't be read: {error.strerror}") from error


@cache
def _our_environment() -> Environment:
    # Compiling our templates takes longer than filling them, and they do not change while the program runs.
    return _environment(None)


def _environment(folder: Path | None) -> Environment:
    ours = FileSystemLoader(OURS)
    own = [_Folder(folder)] if folder else []
    return Environment(
        loader=ChoiceLoader([*own, ours, PrefixLoader({"default": ours})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _failed(file: Path, line: int, why: str) -> ConfigError:
    return ConfigError(
        Where(str(file), line, 1, ()),
        f"the template fails: {why}",
        "nothing was published; feedpub templates writes our templates, which say what values each gets",
    )

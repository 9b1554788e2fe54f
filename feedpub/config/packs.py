"""The list ``packs:`` of a config → packs by name: feedpub's own, and files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from feedpub.config.scalars import PATH
from feedpub.core.declaration import Kind, Value, list_of
from feedpub.core.errors import ConfigError, Problems, Where
from feedpub.core.yaml_node import Node, did_you_mean
from feedpub.rules.pack import SUFFIXES, Pack, Packs, ship, shipped

PACKS: Kind[Node] = Value(lambda node: node, list_of(PATH, single=True).schema)


def read_packs(node: Node, base: Path, read: Callable[[Path], bytes], problems: Problems) -> Packs:
    """Return the packs that ``node`` names, or why one cannot be used; errors go to ``problems``.

    Paths are relative to ``base``. ``read`` returns the bytes of a file. feedpub's own packs are not checked.
    """
    packs: dict[str, Pack | ConfigError] = {}
    named: dict[str, Node] = {}
    items: tuple[Node, ...] = ()
    with problems:
        items = node.items(single=True)
    for item in items:
        with problems:
            path = Path(PATH.read(item))
            is_file = path.suffix in SUFFIXES
            name = path.stem if is_file else str(path)
            if name in named:
                raise item.error(
                    f"there are two packs {name!r}, the first on line {named[name].where.line}",
                    "remove one of them, or rename its file",
                )
            named[name] = item
            try:
                pack = packs[name] = (
                    _of_file(item, name, base / path, read) if is_file else _shipped(item, name)
                )
            except ConfigError as error:
                packs[name] = error
                raise
            if not pack.shipped:
                # All its errors are reported, used or not.
                _ = pack.parsed
    return packs


def _shipped(item: Node, name: str) -> Pack:
    if name not in shipped():
        raise item.error(
            f"feedpub has no pack {name!r}",
            did_you_mean(name, shipped())
            or f"write {' or '.join(shipped())}, or the path of a file that ends in .yaml",
        )
    return ship(name)


def _of_file(item: Node, name: str, path: Path, read: Callable[[Path], bytes]) -> Pack:
    try:
        return Pack(name, read(path), str(path))
    except FileNotFoundError:
        raise item.error(f"there is no file {path}", "write its path relative to the config") from None
    except OSError as error:
        raise ConfigError(Where(str(path), 1, 1), f"it cannot be read: {error.strerror}") from error

"""YAML → ``Settings``. Every error names file, line, key path, what is wrong and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from feedpub.config.feeds import is_retired
from feedpub.config.placeholders import find_placeholders
from feedpub.config.schema import CONFIG, VERSION_KEY, ConfigFile
from feedpub.config.settings import Settings
from feedpub.core.errors import ConfigError, Problems, Where
from feedpub.core.yaml_node import Node, read_yaml
from feedpub.rules import RuleSet, compile_rules


def load_config(path: str | Path) -> Settings:
    """Read and compile the config at ``path``; :class:`ConfigError` says what is wrong with it."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            Where(str(path), 1, 1),
            "there is no such file",
            "name one with --config, or let feedpub init write one",
        ) from None
    except OSError as error:
        raise ConfigError(Where(str(path), 1, 1), f"it cannot be read: {error.strerror}") from error
    return parse_config(data, path)


def parse_config(data: bytes, path: Path) -> Settings:
    """Compile a config that was read from ``path``, to whose folder its own paths are relative.

    Raises :class:`ConfigError` with all that is wrong, in the order of the lines.
    """
    problems = Problems()
    root = read_yaml(data, str(path), problems)
    if root.kind == "nothing":
        raise root.error("the config is empty", "begin with version: 1, site:, sources: and feeds:")
    top = root.mapping()
    if VERSION_KEY.name in top:
        # What the rest means in another version is not known here.
        VERSION_KEY.read(top, root)
    said: ConfigFile | None = None
    rules: RuleSet | None = None
    with problems:
        said = CONFIG.read(root)
    with problems:
        rules = compile_rules(_active(top), top.get("lists"), top.get("matching"))
    problems.raise_any()
    assert said is not None
    assert rules is not None
    base = path.parent
    output = replace(said.output, dir=base / said.output.dir, state=base / said.output.state)
    feeds = tuple(feed.settle(said.site, output.limits) for feed in said.feeds)
    return Settings(
        file=path,
        base=base,
        site=said.site,
        sources=tuple(replace(source, base=base, own=(output.dir, output.state)) for source in said.sources),
        feeds=tuple(feed for feed in feeds if feed.moved_to is None),
        retired=tuple(feed for feed in feeds if feed.moved_to is not None),
        rules=rules,
        output=output,
        guards=said.guards,
        exact=said.dedup,
        placeholders=tuple(find_placeholders(root)),
    )


def _active(top: Mapping[str, Node]) -> Mapping[str, Node]:
    """Return the feeds that have rules."""
    feeds = top["feeds"].value if "feeds" in top else None
    if not isinstance(feeds, Mapping):
        return {}
    return {slug: node for slug, node in feeds.items() if not is_retired(node)}

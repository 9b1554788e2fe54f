"""YAML → ``Settings``. Every error names file, line, key path, what is wrong and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from feedpub.config.curly_quotes import curly_quotes
from feedpub.config.feeds import FeedKeys, is_retired, is_template
from feedpub.config.packs import read_packs
from feedpub.config.placeholders import find_placeholders
from feedpub.config.schema import CONFIG, PACKS_KEY, VERSION_KEY, ConfigFile
from feedpub.config.settings import FeedSettings, Settings, Template
from feedpub.config.subscriptions import with_subscriptions
from feedpub.core.errors import ConfigError, Problems, Where
from feedpub.core.yaml_node import Node, read_yaml
from feedpub.rules import RuleSet, compile_rules
from feedpub.rules.pack import Pack, Packs

BASE_PATH = ("site", "base_url")


def load_config(path: str | Path, *, base_url: str | None = None) -> Settings:
    """Read and compile the config at ``path``. Raises :class:`ConfigError` if it is wrong.

    ``base_url`` replaces the one in the config.
    """
    path = Path(path)
    return parse_config(_read(path), path, base_url=base_url)


def load_packs(path: Path) -> dict[str, Pack]:
    """Return the packs that the config at ``path`` names, even if the rest of it is wrong."""
    problems = Problems()
    root = read_yaml(_read(path), str(path), problems)
    packs: Packs = {}
    with problems:
        packs = _packs(root, path, Path.read_bytes, problems)
    problems.raise_any()
    return {name: pack for name, pack in packs.items() if isinstance(pack, Pack)}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            Where(str(path), 1, 1),
            "the file does not exist",
            "name another with --config, or create one with feedpub init",
        ) from None
    except OSError as error:
        raise ConfigError(Where(str(path), 1, 1), f"it cannot be read: {error.strerror}") from error


def parse_config(
    data: bytes, path: Path, read: Callable[[Path], bytes] = Path.read_bytes, *, base_url: str | None = None
) -> Settings:
    """Compile a config that was read from ``path``; its paths are relative to the folder of that.

    ``read`` returns the bytes of a pack, or of a list of feeds. ``base_url`` (from :func:`parse_base_url`) replaces
    the one in ``data``. Raises :class:`ConfigError` with everything that is wrong, in the order of the lines.
    """
    problems = Problems()
    files = [path]

    def reading(other: Path) -> bytes:
        files.append(other)
        return read(other)

    root = read_yaml(data, str(path), problems)
    if root.kind == "nothing":
        raise root.error("the config is empty", "begin with version: 1, site:, sources: and feeds:")
    if base_url:
        root = _served_at(base_url, root)
    top = root.mapping()
    if VERSION_KEY.name in top:
        # The rest may have another meaning in another version.
        VERSION_KEY.read(top, root)
    said: ConfigFile | None = None
    rules: RuleSet | None = None
    with problems:
        said = CONFIG.read(root)
    with problems:
        packs = _packs(root, path, reading, problems)
        active, templates = _with_rules(top)
        rules = compile_rules(active, top.get("lists"), top.get("matching"), packs, templates)
    base = path.parent
    sources, passed_over = with_subscriptions(said.sources if said else (), base, reading, problems)
    problems.raise_any()
    assert said is not None
    assert rules is not None
    output = replace(said.output, dir=base / said.output.dir, state=base / said.output.state)
    if output.templates:
        output = replace(output, templates=base / output.templates)
    settled: list[FeedSettings | Template] = []
    for feed in said.feeds:
        with problems:
            settled.append(feed.settle(said.site, output.limits))
            if isinstance(feed, FeedKeys) and feed.podcast and "rss" not in {f.name for f in output.formats}:
                raise ConfigError(feed.podcast.where, "a podcast is an RSS feed", "add rss to output.formats")
    problems.raise_any()
    feeds = [feed for feed in settled if isinstance(feed, FeedSettings)]
    return Settings(
        file=path,
        files=tuple(files),
        base=base,
        site=said.site,
        sources=tuple(replace(source, base=base, own=(output.dir, output.state)) for source in sources),
        feeds=tuple(feed for feed in feeds if feed.moved_to is None),
        retired=tuple(feed for feed in feeds if feed.moved_to is not None),
        rules=rules,
        output=output,
        guards=said.guards,
        deploy=said.deploy,
        jobs=said.build,
        exact=said.dedup,
        withdrawn=said.withdrawn,
        placeholders=tuple(
            one for one in find_placeholders(root) if not (base_url and one.where.path == BASE_PATH)
        ),
        warnings=(*curly_quotes(root), *passed_over),
        templates=tuple(made for made in settled if isinstance(made, Template)),
    )


def _served_at(base_url: str, root: Node) -> Node:
    """Return a config with another ``site.base_url``, if it has one."""
    top = root.value
    site = top.get("site") if isinstance(top, Mapping) else None
    if not isinstance(top, Mapping) or site is None or not isinstance(site.value, Mapping):
        return root
    if (node := site.value.get("base_url")) is None:
        return root
    own = replace(site, value={**site.value, "base_url": replace(node, value=base_url, plain=False)})
    return replace(root, value={**top, "site": own})


def _packs(root: Node, path: Path, read: Callable[[Path], bytes], problems: Problems) -> Packs:
    node = PACKS_KEY.node(root.mapping(), root)
    assert node is not None
    return read_packs(node, path.parent, read, problems)


def _with_rules(top: Mapping[str, Node]) -> tuple[Mapping[str, Node], Mapping[str, Node]]:
    """Return the feeds with rules, and the templates of feeds that are made from data."""
    feeds = top["feeds"].value if "feeds" in top else None
    if not isinstance(feeds, Mapping):
        return {}, {}
    active = {slug: node for slug, node in feeds.items() if not is_retired(node)}
    templates = {slug: node for slug, node in active.items() if is_template(node)}
    return {slug: node for slug, node in active.items() if slug not in templates}, templates

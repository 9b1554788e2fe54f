"""Sources that are lists of feeds (``path: sources.opml``) → a source for each feed, with the settings of the list."""

from __future__ import annotations

import glob
import posixpath
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from feedpub.articles.ids import feed_key
from feedpub.core.errors import ConfigError, Problems, Where, printable
from feedpub.sources.http_cache import is_web
from feedpub.sources.spec import SourceSpec
from feedpub.sources.subscriptions import (
    Subscriptions,
    SubscriptionsError,
    is_list,
    read_subscriptions,
)


def with_subscriptions(
    sources: Iterable[SourceSpec], base: Path, read: Callable[[Path], bytes], problems: Problems
) -> tuple[tuple[SourceSpec, ...], tuple[str, ...]]:
    """Return ``sources`` with each list replaced by its feeds, and sentences about entries that are not read.

    If a feed has a source of its own, only that one reads it; if several lists name it, the first does. ``read``
    returns the bytes of a file; errors go to ``problems``.
    """
    sources = tuple(sources)
    known = {feed_key(pattern) for spec in sources for pattern in spec.patterns if is_web(pattern)}
    found: list[SourceSpec] = []
    passed_over: list[str] = []
    for spec in sources:
        lists = [pattern for pattern in spec.patterns if is_list(pattern)]
        own = tuple(pattern for pattern in spec.patterns if pattern not in lists)
        if own or not lists:
            found.append(replace(spec, patterns=own))
        for name in lists:
            with problems:
                listed = _read(spec, name, base, read)
                file = str(base / name)
                passed_over += [f"{printable(file)}:{line}: {told}" for line, told in listed.passed_over]
                for feed in listed.feeds:
                    is_file = not is_web(feed.pattern)
                    place = posixpath.join(glob.escape(posixpath.dirname(name)), feed.pattern)
                    pattern = place if is_file else feed.pattern
                    if feed_key(pattern) not in known:
                        known.add(feed_key(pattern))
                        where = Where(file, feed.line, 1)
                        one = replace(spec, patterns=(pattern,), name=feed.name, where=where)
                        found.append(replace(one, categories=feed.categories))
    return tuple(found), tuple(passed_over)


def _read(spec: SourceSpec, name: str, base: Path, read: Callable[[Path], bytes]) -> Subscriptions:
    where = spec.where or Where(name, 1, 1)
    path = base / name
    if glob.has_magic(name) and not path.exists():
        raise ConfigError(where, f"{name} can match several lists of feeds", "name each file")
    try:
        listed = read_subscriptions(read(path))
    except FileNotFoundError:
        if spec.may_be_empty:
            return Subscriptions((), ())
        remedy = "write its path relative to the config; feed readers export such a list"
        raise ConfigError(where, f"there is no file {name}", remedy) from None
    except OSError as error:
        raise ConfigError(Where(str(path), 1, 1), f"it cannot be read: {error.strerror}") from error
    except SubscriptionsError as error:
        raise ConfigError(Where(str(path), error.line, 1), str(error), error.remedy) from None
    if not (listed.feeds or spec.may_be_empty):
        raise ConfigError(
            Where(str(path), 1, 1),
            "the list has no feed that can be read",
            'write one as <outline text="…" xmlUrl="https://…"/>',
        )
    return listed

"""Tells a hub (WebSub, https://www.w3.org/TR/websub/) which feeds changed since the last ping."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from feedpub.config import Settings
from feedpub.publishing.local.folder import read_manifest

PINGS = "pings.json"

Send = Callable[[str, Mapping[str, str]], str]
"""Sends a form to an address; returns what went wrong as a clause, or an empty text."""


@dataclass(frozen=True, slots=True)
class Ping:
    """One address that the hub was told about, and what went wrong; ``again`` if it also went wrong last time."""

    topic: str
    wrong: str = ""
    again: bool = False


def ping(settings: Settings, send: Send) -> list[Ping]:
    """Tell the hub about each feed that changed since the hub last accepted a ping for it, and remember that.

    WebSub does not define how; hubs accept ``hub.mode=publish`` with ``hub.url``, as in PubSubHubbub.
    Raises ``OSError`` if it cannot be remembered.
    """
    assert settings.site.hub
    file = settings.output.state / PINGS
    taken = _read(file)
    told: list[Ping] = []
    for topic, digest in topics(settings):
        known = taken.get(topic, {})
        if known.get("sha256") == digest:
            continue
        wrong = send(settings.site.hub, {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
        taken[topic] = {**known, "error": wrong} if wrong else {"sha256": digest}
        told.append(Ping(topic, wrong, again=bool(wrong) and known.get("error") == wrong))
    if told:
        fresh = file.with_name(f"{PINGS}.new")
        fresh.write_text(json.dumps(dict(sorted(taken.items()))))
        fresh.replace(file)
    return told


def waiting(settings: Settings) -> int:
    """Return how many feeds changed since the hub was told."""
    taken = _read(settings.output.state / PINGS) if settings.site.hub else {}
    return sum(taken.get(topic, {}).get("sha256") != digest for topic, digest in topics(settings))


def topics(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the address of each document that people subscribe to, if there is a hub, and the SHA-256 of its bytes."""
    if not settings.site.hub:
        return
    documents = read_manifest(settings.output.dir).documents
    for feed in settings.feeds:
        for known in settings.output.formats:
            if entry := documents.get(f"{feed.slug}.{known.name}"):
                yield settings.site.base_url + entry.path, entry.sha256


def _read(file: Path) -> dict[str, dict[str, str]]:
    try:
        return {str(topic): dict(said) for topic, said in json.loads(file.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        # Then the hub is told about everything once more, one request each.
        return {}

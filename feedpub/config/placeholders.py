"""Values in a config that are only good for a try but would be published: local addresses and example names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from feedpub.core.errors import Where
from feedpub.core.yaml_node import Node

# The keys with addresses or domain names that feeds carry.
_PUBLIC = frozenset(
    (
        "base_url",
        "link",
        "link_base",
        "id_authority",
        "uri",
        "email",
        "moved_to",
        "hub",
        "icon",
        "image",
        "license",
    )
)
# RFC 2606 reserves these, and "example" under any other top-level domain is meant as one.
_RESERVED = frozenset(("example", "invalid", "localhost", "test"))
_EXAMPLE = re.compile(r"(?:.*\.)?example\.[a-z-]+(?:\.[a-z]{2})?")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value of a config, at ``where``, that the user should replace."""

    where: Where
    value: str


def find_placeholders(root: Node) -> Iterator[Placeholder]:
    """Yield the placeholders that a config has, in the order of its lines."""
    for node in root.walk():
        path = node.where.path
        if path and path[-1] in _PUBLIC and isinstance(node.value, str) and _is_placeholder(node.value):
            yield Placeholder(node.where, node.value.strip())


def told(placeholders: Sequence[Placeholder]) -> str:
    """Return one sentence that names the placeholders and their lines; empty if there are none."""
    if not placeholders:
        return ""
    first, *others = placeholders
    names = [f"{first.where.file}:{first.where.line}: {first.where.key_path} is {first.value}"]
    names += [f"line {one.where.line}: {one.where.key_path} is {one.value}" for one in others]
    listed = ", ".join(names[:-1]) + (" and " if others else "") + names[-1]
    return f"{listed}; that is fine for a try, but write your own before anybody subscribes: feeds and ids keep it"


def _is_placeholder(value: str) -> bool:
    host = _host(value.strip()).lower().rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        return host.rpartition(".")[2] in _RESERVED or _EXAMPLE.fullmatch(host) is not None
    return address.is_loopback or address.is_unspecified


def _host(value: str) -> str:
    """Return the host of a web address, of a mail address, or of an authority such as ``example.org,2026``."""
    if "://" in value:
        try:
            return urlsplit(value).hostname or ""
        except ValueError:
            return ""
    return value.partition(",")[0].rpartition("@")[2]

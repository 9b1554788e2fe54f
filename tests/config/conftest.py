"""A config as an editor sees it: as JSON, by the rules of YAML 1.2."""

import re

import pytest

from feedpub.core.yaml_node import read_yaml

# The core schema, https://yaml.org/spec/1.2.2/#103-core-schema
SCALARS = (
    (r"|~|null|Null|NULL", lambda _: None),
    (r"true|True|TRUE", lambda _: True),
    (r"false|False|FALSE", lambda _: False),
    (r"[-+]?[0-9]+", int),
    (r"0o[0-7]+", lambda text: int(text, 0)),
    (r"0x[0-9a-fA-F]+", lambda text: int(text, 0)),
    (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
)


def as_json(node):
    if isinstance(node.value, tuple):
        return [as_json(item) for item in node.value]
    if not isinstance(node.value, str):
        return {name: as_json(value) for name, value in node.value.items()}
    for pattern, made in SCALARS if node.plain else ():
        if re.fullmatch(pattern, node.value):
            return made(node.value)
    return node.value


@pytest.fixture(scope="session")
def seen_by_editors():
    return lambda data: as_json(read_yaml(data, "c.yaml"))

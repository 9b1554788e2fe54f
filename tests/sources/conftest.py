"""What tests of all formats share: a source from lines of config, and items as short lines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from feedpub.articles.article import Article, Boilerplate, LeftOut, Notice, Reject
from feedpub.config.sources import parse_source
from feedpub.core.yaml_node import read_yaml
from feedpub.sources import Item, SourceSpec, read

DEFAULTS = {
    "path": "'*'",
    "timezone": "UTC",
    "boilerplate": "['You Might Like...']",
    "related_links": "['Read More']",
}


@pytest.fixture
def source(tmp_path: Path) -> Callable[[str], SourceSpec]:
    """A function that makes a source in the test's own folder from lines of config."""

    def make(extra: str = "") -> SourceSpec:
        given = {line.split(":")[0] for line in extra.splitlines()}
        lines = [f"{key}: {value}" for key, value in DEFAULTS.items() if key not in given]
        lines += [line for line in extra.splitlines() if line != "timezone: null"]
        return parse_source(read_yaml("\n".join(lines).encode(), "config.yaml"), tmp_path)

    return make


@pytest.fixture
def gives(tmp_path: Path) -> Callable[[SourceSpec, bytes, str], list[Item]]:
    """A function that returns the items of a file, from a source and bytes."""

    def run(spec: SourceSpec, data: bytes, name: str = "in.txt") -> list[Item]:
        path = tmp_path / name
        path.write_bytes(data)
        return list(read(spec, path, "example.org,2023"))

    return run


def _shown(item: Item) -> tuple[str, str]:
    place = f"{item.origin.line}-{item.origin.last} "
    match item:
        case Article():
            return f"{place}article", item.title
        case Boilerplate():
            return f"{place}boilerplate", ""
        case Reject():
            return f"{place}reject", item.reason
        case LeftOut():
            return f"{place}left out", f"{item.kind}: {item.reason}"
        case Notice():
            return f"{place}notice", item.kind


@pytest.fixture
def agrees() -> Callable[[list[Item], list[str]], None]:
    """A function that asserts that items agree with short lines: lines, kind and a part of the text."""

    def check(items: list[Item], wanted: list[str]) -> None:
        found = [_shown(item) for item in items]
        lines = [f"{kind} {text}".strip() for kind, text in found]
        assert len(found) == len(wanted), lines
        for (kind, text), want in zip(found, wanted, strict=True):
            assert want.startswith(kind), lines
            assert want[len(kind) :].strip() in text, lines

    return check


@pytest.fixture
def covered() -> Callable[[list[Item]], list[int]]:
    """A function that returns the line numbers of articles, boilerplate and rejects, in order."""

    def lines(items: list[Item]) -> list[int]:
        spans = sorted((i.origin.line, i.origin.last) for i in items if not isinstance(i, Notice))
        return [number for first, last in spans for number in range(first, last + 1)]

    return lines


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        status, headers, body = self.server.answers[self.path](self.headers)
        self.send_response(*(status if isinstance(status, tuple) else (status,)))
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    """A server on this machine: ``answers`` maps paths to functions of the headers; ``asked`` lists the requests."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answers = [], {}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()

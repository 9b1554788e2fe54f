"""Only commands whose purpose it is use the network."""

import sys

import pytest

asked = []
watching = False


def _watch(event, arguments):
    if watching and event.startswith("socket."):
        asked.append((event, arguments))


sys.addaudithook(_watch)


@pytest.mark.parametrize(
    "arguments",
    [("build",), ("build", "--dry-run"), ("check",), ("report",), ("diff",), ("explain", "--text", "A boat")],
    ids=" ".join,
)
def test_no_socket_is_opened_although_a_source_is_an_address(tmp_path, command, arguments):
    assert sockets_of(tmp_path, command, arguments) == []


def test_the_watch_sees_what_fetch_does(tmp_path, command):
    assert sockets_of(tmp_path, command, ("fetch",))


def sockets_of(tmp_path, command, arguments):
    global watching  # noqa: PLW0603 - an audit hook cannot be removed
    asked.clear()
    (tmp_path / "a.md").write_text(
        "---\ntitle: A boat\ndate: 2024-01-01\n---\n![](https://boats.news/a.png)\n"
    )
    (tmp_path / "config.yaml").write_text(
        'version: 1\nsite: {title: T, base_url: "https://boats.news/", id_authority: "boats.news,2024"}\n'
        'sources: [{path: ["*.md", "https://boats.news/feed.xml"], timezone: UTC}]\n'
        "feeds: {all: {title: All}, boats: {title: Boats, any: [boat]}}\n"
    )
    watching = True
    try:
        command(tmp_path, *arguments)
    finally:
        watching = False
    return [*asked]

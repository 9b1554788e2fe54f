"""What ``feedpub fetch`` prints for a config, and how it ends."""

from __future__ import annotations

import json
import socket
import threading

import pytest
import typer
from typer.testing import CliRunner

from feedpub.cli.fetch import fetch

app = typer.Typer()
app.command()(fetch)

CONFIG = """\
version: 1
site: {{title: T, base_url: "https://example.org/", id_authority: "example.org,2023"}}
sources: [{{path: "{path}"}}]
feeds: {{all: {{title: All}}}}
"""


@pytest.fixture
def run(tmp_path):
    """A function that returns the result of the command, from a source's path and options."""

    def invoke(path, *options):
        config = tmp_path / "config.yaml"
        config.write_text(CONFIG.format(path=path))
        return CliRunner().invoke(app, ["--config", str(config), *options])

    return invoke


def test_a_failed_fetch_is_told_and_ends_with_1(run):
    result = run("http://127.0.0.1:9/feed", "--format", "json")
    assert result.exit_code == 1
    (fetched,) = json.loads(result.output)["fetched"]
    assert (fetched["url"], fetched["outcome"]) == ("http://127.0.0.1:9/feed", "failed")
    assert "private" in fetched["detail"]


@pytest.mark.parametrize("options", [(), ("--format", "json")], ids=["text", "JSON"])
def test_what_a_server_says_shows_no_control_character(run, options):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 500 \x1b[31mred\x07\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        result = run(f"http://127.0.0.1:{listening.getsockname()[1]}/", "--allow-private", *options)
        thread.join()
    assert result.exit_code == 1
    assert all(char.isprintable() or char == "\n" for char in result.output)


def test_a_config_without_an_address_is_told_what_to_write(run):
    result = run("*.txt")
    assert result.exit_code == 1
    assert "path: https://" in str(result.exception)

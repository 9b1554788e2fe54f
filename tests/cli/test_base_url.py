"""``--base-url`` and FEEDPUB_BASE_URL build the same site for another address, as for previews."""

import json

import pytest

CONFIG = """
version: 1
site: {title: Sample, base_url: "http://localhost/", id_authority: "news.press,2023", hub: "http://127.0.0.1:9/"}
sources: [{path: a.jsonl}]
feeds: {all: {title: All}}
"""


@pytest.fixture
def run(tmp_path, command):
    record = {"id": "1", "title": "Rain", "body": "Much.", "date": "2024-01-10T10:00:00Z"}
    (tmp_path / "a.jsonl").write_text(json.dumps(record))
    (tmp_path / "config.yaml").write_text(CONFIG)

    def invoke(*arguments):
        done = command(tmp_path, *arguments)
        shown = tmp_path / "feeds/all.atom"
        return done, shown.read_text() if shown.exists() else ""

    return invoke


def test_another_address_changes_every_address_and_no_id(run):
    _, usual = run("build")
    done, preview = run("build", "--base-url", "https://pr-7.press/feeds")
    assert done.returncode == 0
    assert "site.base_url" not in done.stderr
    assert "site.hub is http://127.0.0.1:9/" in done.stderr
    assert preview == usual.replace("http://localhost/", "https://pr-7.press/feeds/")


def test_the_variable_says_the_same_and_an_option_wins_over_it(run, monkeypatch):
    monkeypatch.setenv("FEEDPUB_BASE_URL", "https://pr-8.press/")
    assert 'rel="self"' in run("build")[1]
    assert "https://pr-8.press/all.atom" in run("build")[1]
    assert "https://pr-9.press/all.atom" in run("build", "--base-url", "https://pr-9.press/")[1]
    monkeypatch.setenv("FEEDPUB_BASE_URL", "")
    assert "http://localhost/all.atom" in run("build")[1]


def test_a_build_that_would_repeat_the_last_one_is_run_when_the_variable_is_another(run, monkeypatch):
    run("build")
    monkeypatch.setenv("FEEDPUB_BASE_URL", "https://pr-8.press/")
    assert "https://pr-8.press/all.atom" in run("build")[1]


def test_the_hub_is_told_of_the_other_address(run):
    run("build", "--base-url", "https://pr-7.press/")
    told, _ = run("ping", "--base-url", "https://pr-7.press/", "--format", "json")
    assert {each["topic"] for each in json.loads(told.stdout)["told"]} == {
        "https://pr-7.press/all.atom",
        "https://pr-7.press/all.rss",
    }


@pytest.mark.parametrize("command_name", ["build", "diff", "ping", "serve", "status"])
def test_what_is_no_address_is_an_error_of_usage(run, command_name):
    done, _ = run(command_name, "--base-url", "pr-7.press")
    assert done.returncode == 2
    assert "--base-url" in done.stderr
    assert "write one that begins with https://" in done.stderr


@pytest.mark.parametrize("config", ["", "version: 1", "site: x", "site: {title: A}", "[a]"])
def test_a_config_without_an_address_is_as_wrong_as_ever(run, tmp_path, config):
    (tmp_path / "config.yaml").write_text(config)
    usual, _ = run("build")
    done, _ = run("build", "--base-url", "https://pr-7.press/")
    assert (done.returncode, done.stderr) == (2, usual.stderr)

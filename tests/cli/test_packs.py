"""``feedpub packs``, as a person at a terminal sees it."""

import pytest

from feedpub.rules.pack import ship, shipped

CONFIG = """\
version: 1
packs: [lists/ours.yaml]
feeds: nothing yet
"""
OURS = """\
description: Energy, as our desk sees it
rules:
  energy:
    description: Oil, gas and power
    any: [{list: fuels}]
lists:
  fuels: [oil]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "lists/ours.yaml").write_text(OURS)
    return tmp_path


def test_it_lists_what_ships_with_its_rules_even_where_there_is_no_config(command, tmp_path):
    done = command(tmp_path, "packs")
    assert done.returncode == 0
    for name in shipped():
        assert f"{name}  {ship(name).description}\n" in done.stdout
        for rule in ship(name).rules:
            assert any(
                line.split() == [f"{name}/{rule}", *ship(name).about(rule).split()]
                for line in done.stdout.splitlines()
            )


def test_it_lists_the_packs_of_the_config_whatever_the_rest_of_it_says(command, folder):
    done = command(folder, "packs")
    assert done.stdout.endswith(
        "ours  lists/ours.yaml  Energy, as our desk sees it\n"
        "  ours/energy  Oil, gas and power\n"
        "  1 list: feedpub packs show ours\n"
    )


def test_it_prints_a_rule_as_a_pack_that_can_be_used(command, folder):
    done = command(folder, "packs", "show", "ours/energy")
    assert done.stdout == OURS.partition("\n")[2].replace("lists:", "\nlists:")
    (folder / "lists/mine.yaml").write_text(done.stdout)
    (folder / "config.yaml").write_text(CONFIG.replace("ours", "mine"))
    assert command(folder, "packs", "show", "mine/energy").stdout == done.stdout
    assert command(folder, "packs", "show", "ours").returncode == 2


def test_it_prints_a_whole_pack_as_it_is_written(command, folder):
    assert command(folder, "packs", "show", "ours").stdout == OURS


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show", "news-en/sport"], "there is no news-en/sport; did you mean 'news-en/sports'?"),
        (["show", "nowhere"], "there is no nowhere; feedpub packs lists all"),
        (["show"], "write feedpub packs, or feedpub packs show and one name, such as news-en/sports"),
        (["news-en"], "write feedpub packs, or feedpub packs show and one name, such as news-en/sports"),
        (
            ["--config", "nope.yaml"],
            "nope.yaml:1:1: the file does not exist; name another with --config, or create",
        ),
    ],
)
def test_a_wrong_question_is_answered_with_a_sentence(command, folder, arguments, says):
    done = command(folder, "packs", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"feedpub: {says}")


def test_what_is_wrong_with_a_pack_is_told_with_its_line(command, folder):
    (folder / "lists/ours.yaml").write_text(OURS.replace("[oil]", "[oi*l]"))
    done = command(folder, "packs")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("feedpub: lists/ours.yaml:7:11: lists.fuels[0]: a * may only be at an end")

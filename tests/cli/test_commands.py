"""What a person or a cron job sees of the commands."""

import errno
import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def feedpub(project, command):
    """Run the command line in a copy of the sample; in its own process if ``options`` are for the process."""

    def run(*arguments, stdout=None, **environment):
        if stdout is None and not environment:
            return command(project, *arguments)
        return subprocess.run(
            [sys.executable, "-m", "feedpub", *arguments],
            cwd=project,
            env=dict(os.environ, COLUMNS="100", NO_COLOR="1", **environment),
            stdout=stdout or subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    run.folder = project
    return run


def test_a_build_shows_feeds_and_accounts(feedpub):
    done = feedpub("build")
    assert done.returncode == 0
    # The sample is served from this machine.
    assert done.stderr.startswith(
        "feedpub: config.yaml:8: site.base_url is http://localhost:8000/ and line 9: "
    )
    assert done.stderr.count("\n") == 1
    assert "ukraine-war" in done.stdout
    assert "12 articles, 0 rejects, 9 lines of boilerplate, 0 duplicates" in done.stdout
    assert "related-links 3" in done.stdout


@pytest.mark.slow
def test_a_quiet_build_says_nothing(feedpub):
    for _ in range(2):
        done = feedpub("build", "--quiet")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_a_quiet_build_tells_of_new_rejects_once(feedpub):
    (feedpub.folder / "seeds/bad.txt").write_text("Lonely title\n2023-01-01 10:00\n")
    first, second = feedpub("build", "--quiet"), feedpub("build", "--quiet")
    assert (first.returncode, first.stdout) == (0, "")
    assert first.stderr.startswith("feedpub: seeds/bad.txt:1: ")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    kept = [json.loads(line) for line in (feedpub.folder / ".feedpub/rejects.jsonl").read_text().splitlines()]
    assert [(reject["file"], reject["line"]) for reject in kept] == [("seeds/bad.txt", 1)]
    assert "Lonely title" in kept[0]["text"]


@pytest.mark.slow
def test_a_quiet_build_tells_of_the_rejects_of_one_that_was_refused(feedpub):
    feedpub("build")
    (feedpub.folder / "seeds/bad.txt").write_text("Lonely title\n2023-01-01 10:00\n")
    config = feedpub.folder / "config.yaml"
    config.write_text(config.read_text().replace("\n  arts:\n", "\n  artz:\n"))
    assert feedpub("build", "--quiet").returncode == 3
    told = feedpub("build", "--quiet", "--allow-removed")
    assert told.returncode == 0
    assert told.stderr.startswith("feedpub: seeds/bad.txt:1: ")


@pytest.mark.slow
def test_a_quiet_build_tells_of_no_reject_again(feedpub):
    """It says nothing when other rejects come, go or move to another line."""
    bad = feedpub.folder / "seeds/bad.txt"
    bad.write_text("Lonely title\n2023-01-01 10:00\n")
    (feedpub.folder / "seeds/gone.txt").write_text("Another\n2023-01-01 10:00\n")
    assert len(feedpub("build", "--quiet").stderr.splitlines()) == 2
    (feedpub.folder / "seeds/gone.txt").unlink()
    assert feedpub("build", "--quiet").stderr == ""
    bad.write_text(f"One\nBody\n2023-01-02 10:00\n{bad.read_text()}" * 2)
    (told,) = feedpub("build", "--quiet").stderr.splitlines()
    assert told.startswith("feedpub: seeds/bad.txt:9: ")


@pytest.mark.slow
def test_json_has_the_same_facts(feedpub):
    (feedpub.folder / "seeds/bad.txt").write_text("Lonely title\n2023-01-01 10:00\n")
    done = feedpub("build", "--format", "json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert (report["articles"], report["duplicates"], report["boilerplate_lines"]) == (12, 0, 9)
    assert [(r["file"], r["line"]) for r in report["rejects"]] == [("seeds/bad.txt", 1)]
    assert report["rejects"][0]["reason"]
    assert report["removed"] == []
    by_slug = {feed["slug"]: feed for feed in report["feeds"]}
    assert by_slug["all"]["entries"] == by_slug["all"]["new"] == 12
    assert by_slug["all"]["documents"] == [
        {"path": "all.rss", "written": True},
        {"path": "all.atom", "written": True},
    ]
    again = json.loads(feedpub("build", "--format", "json").stdout)
    assert not any(d["written"] for feed in again["feeds"] for d in feed["documents"])


def test_a_dry_run_says_what_would_change_and_writes_nothing(feedpub):
    done = feedpub("build", "--dry-run")
    assert done.returncode == 0
    assert "would be written" in done.stdout
    assert not (feedpub.folder / "feeds").exists()
    assert not (feedpub.folder / ".feedpub").exists()


def test_a_wrong_config_is_one_sentence_and_status_2(feedpub):
    config = feedpub.folder / "config.yaml"
    config.write_text(config.read_text().replace("timezone:", "timezon:"))
    for command in ("build", "check", "serve"):
        done = feedpub(command)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith("feedpub: config.yaml:")
        assert "did you mean 'timezone'?" in done.stderr


SOURCE_WARNINGS = [
    ("none/*.txt", "no file matches the source none/*.txt"),
    ("https://example.org/a.rss", "https://example.org/a.rss has not been fetched yet; run feedpub fetch"),
    ("odd/*.txt", "odd/gone.txt is a broken link and was passed over"),
    ("odd/*.pipe", "odd/\\u001b[31m.pipe is not a regular file and was passed over"),
    ("seeds", "seeds is a folder and was passed over; for its files, write seeds/*"),
]


@pytest.mark.slow
def test_what_sources_do_not_give_is_told_by_check_and_by_each_build(feedpub):
    """A wrong path does not stop a build, but check reports it, and so does the output that cron mails."""
    config = feedpub.folder / "config.yaml"
    (feedpub.folder / "odd").mkdir()
    (feedpub.folder / "odd/gone.txt").symlink_to("nowhere")
    os.mkfifo(feedpub.folder / "odd/\x1b[31m.pipe")
    assert "config.yaml: OK (9 feeds, 1 source, all examples pass)" in feedpub("check").stdout
    wrong = "".join(f"  - path: {json.dumps(path)}\n    timezone: UTC\n" for path, _ in SOURCE_WARNINGS)
    config.write_text(config.read_text().replace("sources:\n", f"sources:\n{wrong}", 1))
    checked = feedpub("check")
    assert checked.returncode == 1
    assert checked.stdout.splitlines()[-1].startswith("config.yaml: some of its sources cannot be read (")
    built = feedpub("build", "--quiet")
    assert (built.returncode, built.stdout) == (0, "")
    assert built.stderr.splitlines() == [f"feedpub: {warning}" for _, warning in SOURCE_WARNINGS]
    assert json.loads(feedpub("check", "--format", "json").stdout)["warnings"][-len(SOURCE_WARNINGS) :] == [
        warning for _, warning in SOURCE_WARNINGS
    ]
    assert all(warning in checked.stdout for _, warning in SOURCE_WARNINGS)


@pytest.mark.slow
def test_check_says_how_many_files_it_did_not_look_into_and_where_no_article_has_a_link(feedpub):
    for number in range(4):
        (feedpub.folder / f"seeds/more-{number}.txt").write_text("A\nB\n2023-01-01 10:00\n")
    assert "seeds/*.txt: and 2 more files not read; --all reads all" in feedpub("check").stdout
    assert "more file" not in feedpub("check", "--files", "9").stdout
    assert ", but no links, so entries link to the pages" in feedpub("check").stdout
    config = feedpub.folder / "config.yaml"
    linked = "  - link: https://quay.example.org/{slug}\n    path: seeds/*.txt"
    config.write_text(config.read_text().replace("  - path: seeds/*.txt", linked))
    assert "none of " not in feedpub("check").stdout


def test_a_missing_config_says_how_to_name_one(feedpub):
    done = feedpub("build", "--config", "nope.yaml")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--config" in done.stderr


@pytest.mark.slow
def test_a_build_while_another_runs_is_status_75(feedpub):
    feedpub("build", "--quiet")
    with (feedpub.folder / ".feedpub/lock").open("rb+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = feedpub("build", "--quiet")
    assert done.returncode == 75
    assert (
        done.stderr
        == f"feedpub: another build is running and has locked {'.feedpub/lock'}; nothing was done\n"
    )


@pytest.mark.parametrize("report_format", ["text", "json"])
@pytest.mark.slow
def test_what_a_guard_refuses_is_status_3_and_one_sentence_that_says_how_to_mean_it(feedpub, report_format):
    assert feedpub("build", "--quiet").returncode == 0
    config = feedpub.folder / "config.yaml"
    config.write_text(config.read_text().replace("\n  crime:\n", "\n  cirme:\n"))
    for dry_run in ((), ("--dry-run",)):
        done = feedpub("build", "--format", report_format, *dry_run)
        assert (done.returncode, done.stderr.count("\n")) == (3, 1)
        assert bool(done.stdout) == (report_format == "json")
        assert "no longer has the published feed crime: it " in done.stderr
        assert done.stderr.endswith("run once with --allow-removed\n")
    done = feedpub("build", "--format", report_format, "--allow-removed")
    assert done.returncode == 0
    assert "crime.atom" in done.stdout


@pytest.mark.slow
def test_too_many_rejects_are_status_1(feedpub):
    (feedpub.folder / "seeds/bad.txt").write_text("Lonely title\n2023-01-01 10:00\n")
    done = feedpub("build", "--max-rejects", "0")
    assert done.returncode == 1
    assert "seeds/bad.txt:1" in done.stderr
    assert not (feedpub.folder / "feeds").exists()
    assert feedpub("build", "--max-rejects", "x").returncode == 2


def test_an_output_that_cannot_be_written_is_status_1_and_one_sentence(feedpub):
    (feedpub.folder / "feeds").write_text("a file")
    done = feedpub("build")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_texts_are_printed_in_any_locale(feedpub):
    (feedpub.folder / "seeds/bad.txt").write_text("Löner\x1b[31m ☃\n2023-01-01 10:00\n", encoding="utf-8")
    done = feedpub("build", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout


@pytest.mark.slow
def test_signs_and_letters_are_printed_in_any_encoding(feedpub):
    done = feedpub("explain", "Guatemala’s Highways", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ in world" in done.stdout
    assert "Guatemala’s Highways" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device here")  # noqa: PTH110
@pytest.mark.parametrize(
    "command", ["build", "check", "explain Guatemala", "report", "validate all.rss", "--help"]
)
def test_an_output_without_room_is_status_1_and_one_sentence(feedpub, command):
    shutil.copy(ROOT / "feeds/all.rss", feedpub.folder)
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = feedpub(*command.split(), stdout=full)
    said = f"feedpub: the output cannot be written: {os.strerror(errno.ENOSPC)}\n"
    assert (done.returncode, done.stderr) == (1, said)


@pytest.mark.slow
@pytest.mark.parametrize("module", ["typer", "feedpub.planning.site_plan"])
def test_an_interrupt_is_one_line_and_status_130_however_early(feedpub, module):
    """Ctrl-C during start or during a command gives one line, no traceback."""
    code = f"""if True:
        import sys
        class Interrupts:
            def find_spec(self, name, path=None, target=None):
                if name == {module!r}:
                    raise KeyboardInterrupt
        sys.meta_path.insert(0, Interrupts())
        sys.argv = ["feedpub", "build"]
        from feedpub.__main__ import main
        main()"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=feedpub.folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "feedpub: interrupted; what was published is still whole\n"


@pytest.mark.slow
def test_names_of_files_are_printed_without_control_characters(feedpub):
    """Whoever can add a file cannot move the cursor of a terminal, or add lines to a log."""
    story = "A headline\nA body of its own. Read More Other News\n2023-01-01 10:00\n"
    (feedpub.folder / "seeds/\x1b[31m\n\x9b.txt").write_text(f"{story}Lonely\n2023-01-01 11:00\n")
    shown = "seeds/\\u001b[31m\\u000a\\u009b.txt"
    for arguments in (("build", "-q"), ("build", "-v"), ("check",), ("explain", "A headline")):
        done = feedpub(*arguments)
        assert done.returncode == 0
        assert shown in done.stdout + done.stderr
        assert all(char.isprintable() or char == "\n" for char in done.stdout + done.stderr)


@pytest.mark.parametrize("name", ["", "build", "check", "serve"])
def test_help_has_an_example(feedpub, name):
    done = feedpub(*name.split(), "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
    if name:
        assert f"Example: feedpub {name}" in done.stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("feedpub bu", "build"),
        ("feedpub build --all", "--allow-vanished"),
        ("feedpub report --format ", "json"),
    ],
)
@pytest.mark.slow
def test_a_shell_completes_commands_options_and_values(feedpub, typed, offered):
    words = str(len(typed.split(" ")) - 1)
    done = feedpub(_FEEDPUB_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=words)
    assert offered in done.stdout.split()


def test_help_imports_nothing_heavy():
    heavy = [
        "lxml",
        "feedgen",
        "yaml",
        "dateutil",
        "starlette",
        "uvicorn",
        "re2",
        "ahocorasick_rs",
        "rich.table",
    ]
    code = f"import sys, feedpub.cli.app; print(sorted(set({heavy}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_output_into_a_closed_pipe_gives_no_traceback(feedpub):
    done = subprocess.run(
        f"{sys.executable} -m feedpub build --format json | true",
        shell=True,
        cwd=feedpub.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_explain_says_of_a_near_duplicate_why_it_was_left_out(feedpub):
    story = (
        "Crews at the port of Rotterdam stopped work for the third night and asked for safer hours and pay."
    )
    (feedpub.folder / "seeds/near.txt").write_text(
        f"Port halts night shifts\n{story}\n2023-11-01 10:00\n"
        f"Port halts night shifts again\n{story}\n2023-11-02 10:00\n"
    )
    config = feedpub.folder / "config.yaml"
    assert "left out" not in feedpub("explain", "night shifts again").stdout
    config.write_text(config.read_text().replace("  all:\n", "  all:\n    dedup: {near: 60%}\n", 1))
    done = feedpub("explain", "night shifts again")
    assert done.returncode == 0, done.stderr
    assert "left out of all: " in done.stdout
    assert "'Port halts night shifts' (seeds/near.txt:1), which is earlier" in done.stdout
    assert json.loads(feedpub("explain", "night shifts again", "--format", "json").stdout)["left_out"]

"""The workflows in docs/hosting.md keep ids from job to job, although each job begins with a fresh clone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/hosting.md").read_text(encoding="utf-8")
CONFIG = """
version: 1
site: {title: Sample, base_url: "https://news.press/feeds/", id_authority: "news.press,2023"}
sources: [{path: articles/*.txt, timezone: UTC}]
feeds: {all: {title: All}}
"""
BODY = "Rain fell in many towns of the north on Monday, and more of it is to come by the end of the week."


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def commands(host):
    """Return the commands of a job; for GitHub, the steps that are commands."""
    _, github, gitlab = map(yaml.safe_load, blocks("yaml"))
    if host == "gitlab":
        return gitlab["pages"]["script"]
    return [step["run"] for step in github["jobs"]["publish"]["steps"] if "run" in step]


class Host:
    """A repository, and jobs that run the commands of a workflow in fresh clones of it."""

    def __init__(self, folder, name):
        self.name, self.repository, self.work, self.jobs = name, folder / "repository.git", folder / "work", 0
        self.environment = os.environ | {
            "HOME": str(folder),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{self.repository}.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://feedpub:token@git.press/news.git",
            "PUBLISH_TOKEN": "token",
            "CI_SERVER_HOST": "git.press",
            "CI_PROJECT_PATH": "news",
        }
        self.run("git", "init", "-q", "--bare", "-b", "main", self.repository, folder=folder)
        self.run("git", "clone", "-q", self.repository, self.work, folder=folder)
        (self.work / "config.yaml").write_text(f"{CONFIG}{blocks('yaml')[0]}")
        (self.work / "publish.sh").write_text(blocks("sh")[0])
        self.write("Rain in the north")

    def run(self, *command, folder):
        done = subprocess.run(
            command, cwd=folder, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def write(self, title):
        (self.work / "articles").mkdir(exist_ok=True)
        (self.work / "articles/a.txt").write_text(f"{title}\n{BODY}\n2024-01-10 10:00\n")
        self.run("git", "add", "--all", folder=self.work)
        self.run(
            "git", "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", title, folder=self.work
        )
        self.run("git", "push", "-q", "origin", "main", folder=self.work)

    def job(self):
        """Run a job as the host does; return ids and titles in the feed that it would deploy."""
        self.jobs += 1
        clone = self.work.parent / f"job-{self.jobs}"
        self.run(
            "git", "clone", "-q", "--depth", "1", f"file://{self.repository}", clone, folder=self.work.parent
        )
        for command in commands(self.name):
            if not command.startswith("pip install"):
                self.run("sh", "-ec", command, folder=clone)
        feed = (clone / ("public" if self.name == "gitlab" else "published/feeds") / "all.atom").read_text()
        shutil.rmtree(clone)
        return re.findall(r"<entry>\s*<id>(.*?)</id>\s*<title[^>]*>(.*?)</title>", feed)

    def commits(self):
        return int(self.run("git", "rev-list", "--count", "published", folder=self.repository))


@pytest.fixture(params=["github", "gitlab"])
def host(request, tmp_path):
    return Host(tmp_path, request.param)


def test_an_edited_headline_keeps_its_id_from_job_to_job(host):
    ((first, title),) = host.job()
    assert title == "Rain in the north"
    host.write("Rain in the north, and snow")
    assert host.job() == [(first, "Rain in the north, and snow")]
    assert host.commits() == 2


def test_a_job_that_changes_nothing_commits_nothing(host):
    assert host.job() == host.job()
    assert host.commits() == 1


def test_a_job_that_cannot_read_what_is_published_stops(host):
    """It must not act as if it were the first one, because it does not know what subscribers have seen."""
    host.job()
    host.run("git", "remote", "set-url", "origin", host.repository.with_name("nowhere"), folder=host.work)
    done = subprocess.run(
        ["sh", "publish.sh"],
        cwd=host.work,
        env=host.environment,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert not (host.work / "published").exists()

"""A build publishes the same when a real Dask scheduler with two workers reads for it."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from feedpub.config import load_config
from feedpub.core.errors import EngineError
from feedpub.publishing import engines
from feedpub.publishing.build import build
from tests.catalog.test_elsewhere import MANY, make, published

ROOT = Path(__file__).parents[2]


def feedpub(folder, *more):
    code = (
        "from feedpub.catalog import sizes; sizes.BATCH = 5000; from feedpub.publishing import engines;"
        " engines.PATIENCE = 3.0; from feedpub.__main__ import main; main()"
    )
    command = [sys.executable, "-c", code, "build", *more]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )


def environment(**more):
    return os.environ | {"PYTHONPATH": str(ROOT)} | more


class Cluster:
    def __init__(self, folder):
        self.folder = folder
        self.told = folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self.scheduler = self.start("scheduler", *options)
        until = time.monotonic() + 30
        while not self.told.exists():
            assert time.monotonic() < until
            time.sleep(0.02)
        self.address = json.loads(self.told.read_text())["address"].replace("tcp://", "dask://")

    def start(self, what, *options, **more):
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(self.told), *options]
        log = (self.folder / "log").open("ab")
        with log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env=environment(**more),
                start_new_session=True,
            )

    def worker(self, **more):
        return self.start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", **more)


@pytest.fixture
def cluster(tmp_path):
    (tmp_path / "cluster").mkdir()
    made = Cluster(tmp_path / "cluster")
    started = [made.scheduler]
    worker = made.worker
    made.worker = lambda **more: started.append(worker(**more)) or started[-1]
    yield made
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def alone(tmp_path):
    folder = make(tmp_path / "alone", **MANY)
    build(load_config(folder / "config.yaml"), datetime.now(UTC))
    return published(folder)


def wait_for_log(cluster, text, count=1):
    until = time.monotonic() + 30
    while (cluster.folder / "log").read_text().count(text) < count:
        assert time.monotonic() < until
        time.sleep(0.02)


needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="needs feedpub[dask]")


@pytest.mark.slow
@needs_dask
def test_a_cluster_publishes_the_same_though_one_of_two_workers_is_killed(tmp_path, cluster, alone):
    workers = [cluster.worker(), cluster.worker()]
    wait_for_log(cluster, "Registered to", 2)
    others = make(tmp_path / "others", **MANY)
    process = feedpub(others, "--executor", cluster.address)
    # While the build is at work.
    wait_for_log(cluster, "Receive client connection")
    time.sleep(0.3)
    assert process.poll() is None
    workers[0].kill()
    assert (process.communicate()[1], process.returncode) == ("", 0)
    log = (cluster.folder / "log").read_text()
    assert log.index("Remove worker") < log.index("Remove client")
    assert published(others) == alone


@pytest.mark.slow
@needs_dask
def test_a_cluster_without_workers_is_told_in_a_sentence(tmp_path, cluster):
    folder = make(tmp_path / "others", **MANY)
    process = feedpub(folder, "--executor", cluster.address)
    told = f"feedpub: the Dask scheduler at {cluster.address} has no workers, so nothing was published\n"
    assert (process.communicate()[1], process.returncode) == (told, 1)


@pytest.mark.slow
@needs_dask
def test_workers_with_another_program_or_none_are_told_in_a_sentence(tmp_path, cluster):
    other = tmp_path / "other" / "feedpub"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("__version__ = '9'\n")
    cluster.worker(PYTHONPATH=str(other.parent))
    wait_for_log(cluster, "Registered to")
    folder = make(tmp_path / "others", **MANY)
    process = feedpub(folder, "--executor", cluster.address)
    told = process.communicate()[1]
    assert process.returncode == 1
    assert f"a worker of {cluster.address} does not have feedpub " in told
    assert told.count("\n") == 1
    assert not (folder / "feeds").exists()


@pytest.mark.slow
@needs_dask
def test_a_scheduler_that_is_not_there_is_told_in_a_sentence(tmp_path):
    folder = make(tmp_path / "others", **MANY)
    process = feedpub(folder, "--executor", "dask://127.0.0.1:1")
    told = process.communicate()[1]
    assert process.returncode == 1
    assert told.startswith("feedpub: no Dask scheduler answers at dask://127.0.0.1:1: ")
    assert told.count("\n") == 1


def test_a_missing_extra_is_told_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    engine = engines.cluster("dask://host:8786")
    with pytest.raises(EngineError, match=r"needs another package; install it with: .*feedpub\[dask\]"):
        next(engine.run([]))


@pytest.mark.parametrize("address", ["tcp://host:1", "dask://host", "dask://:1", "dask://host:x", "host:1"])
def test_an_address_that_is_none_says_what_would_be_right(address):
    with pytest.raises(ValueError, match="write dask://HOST:PORT"):
        engines.cluster(address)


def test_a_worker_of_another_version_says_both():
    with pytest.raises(
        EngineError, match=r"has feedpub .*, and this is feedpub 9 .*; install the same on all"
    ):
        engines.work(b"", "feedpub 9 (Python 3.11)")

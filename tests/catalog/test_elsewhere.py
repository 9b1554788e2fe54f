"""A build publishes the same when other processes read for it, even if they die."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedpub.catalog import catalog_file, sizes
from feedpub.config import load_config
from feedpub.core.errors import EngineError, SourceError
from feedpub.publishing import dependencies, engines
from feedpub.publishing.build import build
from tests.catalog.crews import in_any_order

NOW = datetime(2024, 3, 1, tzinfo=UTC)
CONFIG = {
    "version": 1,
    "site": {"title": "T", "base_url": "https://quay.news/f/", "id_authority": "quay.news,2024"},
    "sources": [{"path": ["in/*.txt", "in/*.jsonl", "in/*.csv"], "timezone": "UTC", "may_be_empty": True}],
    "feeds": {
        "all": {"title": "All", "max_items": 9},
        "oak": {"title": "Oak", "any": ["oak"], "max_items": 5},
    },
    "guards": {"max_rejects": "100%"},
    "output": {"pages": "off"},
}


def day(number):
    return f"2024-{number // 28 % 2 + 1:02}-{number % 28 + 1:02} {number // 60 % 24:02}:{number % 60:02}"


def text(numbers):
    return "".join(
        f"Story {n}\n{'oak' if n % 3 else 'elm'} and more of what story {n} tells\n{day(n)}\n"
        for n in numbers
    )


def lines(numbers, **more):
    stories = ({"title": f"Story {n}", "text": f"oak {n}", "date": day(n)} | more for n in numbers)
    return "".join(json.dumps(story) + "\n" for story in stories)


def make(folder, **files):
    (folder / "in").mkdir(parents=True)
    (folder / "config.yaml").write_text(json.dumps(CONFIG))
    for name, content in files.items():
        (folder / "in" / name.replace("_", ".")).write_text(content)
    return folder


def published(folder):
    return {path.name: path.read_bytes() for path in sorted((folder / "feeds").iterdir()) if path.is_file()}


def both(tmp_path, engine, **files):
    """Return what is published and reported, by this process alone and with the engine."""
    found = []
    for name, one in (("alone", None), ("others", engine)):
        folder = make(tmp_path / name, **files)
        report = build(load_config(folder / "config.yaml"), NOW, engine=one)
        found.append((report.articles, report.rejects, report.notices, published(folder)))
    return found


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(sizes, "BATCH", 300)
    monkeypatch.setattr(dependencies, "RACE", -(10**12))


FILES = {
    "a_txt": text(range(40)),
    "b_txt": text(range(30, 60)),
    "c_jsonl": lines(range(50, 90)),
    "d_csv": "title,text,date\n" + "".join(f"S {n},oak,{day(n)}\n" for n in range(20)),
}


@pytest.mark.parametrize("dies", [(1,), (3,), (7,)])
def test_a_crew_that_dies_costs_its_tasks_again_and_nothing_else(tmp_path, dies):
    alone, others = both(tmp_path, in_any_order(1, dies, room=4), **FILES)
    assert others == alone


def test_crews_that_die_twice_at_the_same_work_stop_the_build_with_a_sentence(tmp_path):
    folder = make(tmp_path / "x", **FILES)
    with pytest.raises(EngineError, match="the crews died") as stopped:
        build(load_config(folder / "config.yaml"), NOW, engine=in_any_order(1, (1, 1), room=4))
    assert stopped.value.exit_status == 1
    assert not (folder / "feeds").exists()


def test_few_tasks_are_in_memory_at_a_time(tmp_path):
    engine = in_any_order(1, room=3)
    waiting = []
    run = engine.run

    def watched(tasks):
        def counted():
            for task in tasks:
                waiting.append(1)
                assert len(waiting) <= 3
                yield task

        for found in run(counted()):
            waiting.pop()
            yield found

    engine.run = watched
    alone, others = both(tmp_path, engine, **FILES)
    assert others == alone


def test_a_large_file_is_read_in_slices(tmp_path, monkeypatch):
    cut = []
    slices = catalog_file.slices
    monkeypatch.setattr(catalog_file, "slices", lambda *given: cut.extend(slices(*given)) or iter(cut))
    alone, others = both(tmp_path, in_any_order(2), c_jsonl=lines(range(80)))
    assert others == alone
    assert len(cut) > 5


@pytest.mark.parametrize(
    "files",
    [
        {"a_txt": text(range(40)) + "Odd\nA body of it, in oak\n9 October 2023\n"},
        {"c_jsonl": lines(range(30)) + lines(range(30, 60), text="") + lines(range(60, 80))},
        {"a_txt": text(range(40)) + "\n" * 900},
        {"c_jsonl": lines(range(40)) + "{\n" + lines(range(40, 60)) + " \n" * 900},
    ],
    ids=["a date in another form", "records without a body", "an end that is blank", "a line that is none"],
)
def test_what_only_the_whole_of_a_large_file_tells_is_told(tmp_path, files):
    alone, others = both(tmp_path, in_any_order(3), **files)
    assert others == alone


def test_a_large_file_that_changes_meanwhile_is_read_once_more(tmp_path):
    folder = make(tmp_path / "x", a_txt=text(range(40)))
    file = folder / "in" / "a.txt"
    engine = in_any_order(1, room=1)
    run = engine.run

    def changing(tasks):
        for number, found in enumerate(run(tasks)):
            if number == 2:
                file.write_text(text(range(2, 50)))
            yield found

    engine.run = changing
    build(load_config(folder / "config.yaml"), NOW, engine=engine)
    after = make(tmp_path / "y", a_txt=text(range(2, 50)))
    build(load_config(after / "config.yaml"), NOW)
    assert published(folder) == published(after)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read_is_told_as_without_an_engine(tmp_path):
    folder = make(tmp_path / "x", **FILES)
    (folder / "in" / "a.txt").chmod(0)
    with pytest.raises(SourceError, match="Permission denied"):
        build(load_config(folder / "config.yaml"), NOW, engine=in_any_order(1))


def test_a_worker_that_lacks_a_file_that_is_here_is_told(tmp_path, monkeypatch):
    def lacking(*_given, **_more):
        raise SourceError("a.txt", "can't be read: No such file or directory")

    folder = make(tmp_path, **FILES)
    engine = in_any_order(1)
    engine.is_remote = True
    monkeypatch.setattr("feedpub.catalog.scan.read", lacking)
    with pytest.raises(EngineError) as told:
        build(load_config(folder / "config.yaml"), NOW, engine=engine)
    assert str(told.value) == (
        "in/d.csv can be read here, but a worker says that it can't be read: No such file or directory, so nothing"
        f" was published; the sources have to be at the same place there: {folder}/in/d.csv"
    )


def test_where_no_process_can_be_started_the_remedy_is_told(tmp_path, monkeypatch):
    def full(*_given, **_more):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", full)
    folder = make(tmp_path, **FILES)
    with pytest.raises(EngineError, match="Function not implemented; build with --jobs 1"):
        build(load_config(folder / "config.yaml"), NOW, engine=engines.processes(2, worth=0))


def test_little_to_read_starts_nobody(tmp_path):
    folder = make(tmp_path, **FILES)

    def start():
        raise AssertionError

    engine = engines.Tasks(start, 10**6, "")
    assert build(load_config(folder / "config.yaml"), NOW, engine=engine).effort.read == 4


def test_the_articles_that_a_config_names_are_read_by_others_too(tmp_path, monkeypatch):
    named = CONFIG | {"withdrawn": ["https://x.test/none"]}
    monkeypatch.setitem(
        CONFIG, "feeds", {"oak": {"title": "Oak", "any": ["oak"], "articles": {"drop": ["k"]}}}
    )
    monkeypatch.setitem(CONFIG, "withdrawn", named["withdrawn"])
    joined = []
    join = catalog_file.CatalogFile.join
    monkeypatch.setattr(catalog_file.CatalogFile, "join", lambda *given: joined.append(1) or join(*given))
    alone, others = both(tmp_path, in_any_order(1), c_jsonl=lines(range(40), id="k"))
    assert others == alone
    assert joined


def test_what_is_in_a_store_is_read_by_others_too(tmp_path, monkeypatch):
    joined = []
    join = catalog_file.CatalogFile.join
    monkeypatch.setattr(catalog_file.CatalogFile, "join", lambda *given: joined.append(1) or join(*given))
    store = make(tmp_path / "store", **FILES)
    monkeypatch.setitem(CONFIG, "sources", [{"path": f"file://{store}/in/*", "timezone": "UTC"}])
    alone, others = both(tmp_path, in_any_order(1))
    assert others == alone
    assert alone[0]
    assert len(joined) == len(FILES)


def feedpub(folder, *more, **options):
    code = (
        "import sys; from feedpub.publishing import engines, dependencies; from feedpub.catalog import sizes;"
        " engines.WORTH = 0; engines.processes.__defaults__ = (0,); sizes.BATCH = 5000;"
        " from feedpub.__main__ import main; main()"
    )
    command = [sys.executable, "-c", code, "build", *more]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


MANY = {"a_txt": text(range(4000)), "c_jsonl": lines(range(3000, 9000))}


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2", "3"])
def test_any_number_of_processes_publishes_the_same(tmp_path, jobs):
    alone = make(tmp_path / "alone", **MANY)
    build(load_config(alone / "config.yaml"), datetime.now(UTC))
    others = make(tmp_path / "others", **MANY)
    process = feedpub(others, "--jobs", jobs)
    assert (process.communicate()[1], process.returncode) == ("", 0)
    assert published(others) == published(alone)


def workers(process):
    """Return the processes that read for a build, which are its grandchildren."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(place.parent.name)] = int(place.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return [each for each, parent in parents.items() if parents.get(parent) == process.pid]


def first_worker(process):
    for _ in range(2000):
        if found := workers(process):
            return found[0]
        assert process.poll() is None
        time.sleep(0.005)
    raise AssertionError


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_worker_that_is_killed_costs_nothing_but_time(tmp_path):
    alone = make(tmp_path / "alone", **MANY)
    build(load_config(alone / "config.yaml"), datetime.now(UTC))
    others = make(tmp_path / "others", **MANY)
    process = feedpub(others, "--jobs", "2")
    os.kill(first_worker(process), signal.SIGKILL)
    assert (process.communicate()[1], process.returncode) == ("", 0)
    assert published(others) == published(alone)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_workers_that_are_killed_again_and_again_end_the_build_with_one_sentence(tmp_path):
    others = make(tmp_path, **MANY)
    process = feedpub(others, "--jobs", "2")
    while process.poll() is None:
        for one in workers(process):
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.001)
    told = process.communicate()[1]
    assert process.returncode == 1
    assert told.startswith("feedpub: a process that reads sources died twice")
    assert told.count("\n") == 1
    assert not (others / "feeds").exists()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_ctrl_c_ends_all_of_them_with_one_line(tmp_path):
    others = make(tmp_path, **MANY)
    process = feedpub(others, "--jobs", "2", start_new_session=True)
    worker = first_worker(process)
    os.killpg(process.pid, signal.SIGINT)
    told = process.communicate()[1]
    assert (told, process.returncode) == ("feedpub: interrupted; what was published is still whole\n", 130)
    assert not Path(f"/proc/{worker}").exists() or not workers(process)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_no_worker_outlives_a_build_that_is_killed(tmp_path):
    others = make(tmp_path, **MANY)
    process = feedpub(others, "--jobs", "2")
    worker = first_worker(process)
    process.kill()
    process.communicate()
    for _ in range(400):
        if not Path(f"/proc/{worker}").exists():
            return
        time.sleep(0.01)
    raise AssertionError

"""The systemd units in docs/hosting.md are valid, and allow a build little else than its work."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.conftest import needed, shown

pytestmark = pytest.mark.slow


@pytest.fixture
def units(tmp_path):
    service, timer = shown("ini")
    program = str(Path(sys.executable).with_name("feedpub"))
    (tmp_path / "feedpub.service").write_text(service.replace("/srv/news/.venv/bin/feedpub", program))
    (tmp_path / "feedpub.timer").write_text(timer)
    return tmp_path


def analyze(*arguments):
    return subprocess.run(
        [needed("systemd-analyze"), *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_systemd_finds_nothing_wrong_with_the_units(units):
    done = analyze("verify", *(str(units / f"feedpub.{kind}") for kind in ("service", "timer")))
    assert (done.returncode, [line for line in done.stderr.splitlines() if "feedpub" in line]) == (0, [])


def test_the_service_is_exposed_below_3_of_10(units):
    # This only counts what a unit leaves open; it need not work for the user of a web server.
    done = analyze("security", "--offline=true", "--threshold=30", str(units / "feedpub.service"))
    assert done.returncode == 0, done.stdout
    assert "SAFE" in done.stdout

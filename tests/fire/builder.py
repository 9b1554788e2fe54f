"""Builds sites on demand, each in a process of its own that begins where everything is imported.

Each line of standard input is a job as JSON: ``config``, ``now`` and ``error``, a file for the sentence of what went
wrong; with ``limit``, no file may grow beyond so many bytes; with ``stop``, the process waits to be traced and
continued. A line with its number answers at once, and one with its exit status when it has ended, negative for the
signal that killed it.
"""

import contextlib
import gc
import json
import os
import resource
import signal
import sys
from datetime import datetime
from pathlib import Path

from feedpub.config import load_config
from feedpub.core.errors import FeedpubError
from feedpub.publishing.build import build


def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def work(job):
    if limit := job.get("limit"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if job.get("stop"):
        os.kill(os.getpid(), signal.SIGSTOP)
    try:
        build(load_config(job["config"]), datetime.fromisoformat(job["now"]))
    except FeedpubError as error:
        with contextlib.suppress(OSError):
            Path(job["error"]).write_text(f"{error}\n")
        return 1
    return 0


def main():
    warm = json.loads(sys.stdin.readline())
    work(warm)
    gc.freeze()
    say("ready")
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            status = 70
            try:
                status = work(job)
            except BaseException as error:  # noqa: BLE001 - whatever it is, it must be seen
                Path(job["error"]).write_text(f"Traceback: {error!r}\n")
            finally:
                os._exit(status)
        if job.get("stop"):
            os.waitpid(pid, os.WUNTRACED)
        say(pid)
        while True:
            _, status = os.waitpid(pid, 0)
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                break
        say(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()

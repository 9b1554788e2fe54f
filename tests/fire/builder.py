"""Builds sites on demand, each in a process that is forked after all imports.

Each line of standard input is a job as JSON, with ``config``, ``now``, and ``error``, a file for the error message.
With ``limit``, no file may grow beyond that number of bytes. With ``stop``, the process waits to be traced and
continued. For each job, this prints a line with the id of the process, and at its end one with the exit status, which
is negative if a signal killed it.
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
            except BaseException as error:  # noqa: BLE001 - any exception must be reported
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

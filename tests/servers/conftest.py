"""A built site, and Debian's web servers with the configuration from docs/hosting.md."""

import base64
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/hosting.md").read_text(encoding="utf-8")
CONFIG = """
version: 1
site: {title: Sample, base_url: "https://news.press/feeds/", id_authority: "news.press,2023"}
sources: [{path: articles.jsonl}, {path: "posts/*.md"}]
feeds: {all: {title: All}}
output: {formats: [rss, atom, json], gzip: true, layout: releases}
"""


# A picture of one pixel.
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def shown(language):
    """Return the code blocks of the page in one language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def record(number, title):
    date = f"2024-01-{number:02}T10:00:00Z"
    return {"id": f"s{number}", "title": title, "body": f"Rain in {number} towns of the north.", "date": date}


def write(folder, records):
    (folder / "articles.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in records))


def needed(program):
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def _nginx(work, lines, port):
    temporary = " ".join(
        f"{kind}_temp_path {work};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (work / "nginx.conf").write_text(
        f"{user} daemon off; master_process off; pid {work}/pid; error_log stderr; events {{}}\n"
        f"http {{ include /etc/nginx/mime.types; access_log off; {temporary}\n"
        f"server {{ listen 127.0.0.1:{port};\n{lines} }} }}\n"
    )
    return [needed("nginx"), "-p", str(work), "-e", "stderr", "-c", str(work / "nginx.conf")]


def _caddy(work, lines, port):
    site = lines.replace("news.example.org", f"http://127.0.0.1:{port}")
    (work / "Caddyfile").write_text(f"{{\n admin off\n}}\n{site}")
    return [needed("caddy"), "run", "--config", str(work / "Caddyfile"), "--adapter", "caddyfile"]


def _apache2(work, lines, port):
    modules = ("mpm_event", "authz_core", "alias", "dir", "mime", "headers", "rewrite")
    loaded = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in modules)
    user = "User www-data\n" if os.geteuid() == 0 else ""
    (work / "apache.conf").write_text(
        f"{user}{loaded}\nServerRoot {work}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {work}/pid\n"
        f"ErrorLog {work}/error.log\nTypesConfig /etc/mime.types\nMutex file:{work}\n{lines}"
    )
    return [needed("apache2"), "-D", "FOREGROUND", "-f", str(work / "apache.conf")]


SERVERS = {"nginx": (_nginx, "nginx"), "caddy": (_caddy, "caddyfile"), "apache2": (_apache2, "apache")}


class Served:
    """A site behind a web server."""

    def __init__(self, folder, build, port):
        self.folder, self.build, self._port = folder, build, port

    def get(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        connection.request(
            method, path, headers={key.replace("_", "-"): value for key, value in headers.items()}
        )
        response = connection.getresponse()
        response.body = response.read()
        connection.close()
        return response

    def file(self, name):
        return (self.folder / "feeds" / name).read_bytes()


@pytest.fixture(params=SERVERS)
def served(request, tmp_path, command):
    make, language = SERVERS[request.param]
    needed(request.param)
    # A server that gave up root must be able to enter.
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    folder, work = tmp_path / "news", tmp_path / "server"
    folder.mkdir()
    work.mkdir()
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "posts").mkdir()
    (folder / "posts/dot.png").write_bytes(base64.b64decode(DOT))
    (folder / "posts/a.md").write_text(
        "---\ntitle: Sun\ndate: 2024-01-05T10:00:00Z\n---\nA ![dot](dot.png).\n"
    )

    def build(titles):
        write(folder, [record(number, title) for number, title in titles.items()])
        done = command(folder, "build", "--quiet")
        assert (done.returncode, done.stderr) == (0, "")

    build({1: "Rain", 2: "Hail"})
    (lines,) = shown(language)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = make(work, lines.replace("/srv/news", str(folder)), port)
    home = os.environ | {"HOME": str(work)}
    with (work / "output").open("wb") as output:
        process = subprocess.Popen(started, stdout=output, stderr=output, env=home)
    site = Served(folder, build, port)
    for _ in range(200):
        with suppress(ConnectionRefusedError):
            site.get("/")
            break
        assert process.poll() is None, (work / "output").read_text()
        time.sleep(0.05)
    yield site
    process.terminate()
    process.wait()

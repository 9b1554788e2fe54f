"""A deploy works with real servers: S3 by moto, and SFTP by OpenSSH."""

import getpass
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CONFIG = """
version: 1
site: {title: Sample, base_url: "https://news.press/", id_authority: "news.press,2023"}
sources: [{path: articles.jsonl}]
feeds: {all: {title: All}}
"""
KEYS = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "hidden-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def needs(*modules):
    absent = [name for name in modules if find_spec(name) is None]
    return pytest.mark.skipif(bool(absent), reason=f"{', '.join(absent)}: not installed")


class Site:
    def __init__(self, folder):
        self.folder = folder
        (folder / "config.yaml").write_text(CONFIG)

    def build(self, *numbers):
        records = [
            {
                "id": f"s{n}",
                "title": f"Story {n}",
                "body": f"Rain {n}.",
                "date": f"2024-01-{10 + n}T10:00:00Z",
            }
            for n in numbers
        ]
        (self.folder / "articles.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in records))
        assert self.run("build", "-q").returncode == 0

    def run(self, *arguments, **environment):
        command = [sys.executable, "-m", "feedpub", *arguments]
        variables = os.environ | {"HOME": str(self.folder)} | environment
        return subprocess.run(
            command, cwd=self.folder, env=variables, capture_output=True, text=True, check=False, timeout=60
        )

    def published(self):
        found = (self.folder / "feeds").rglob("*")
        return {str(f.relative_to(self.folder / "feeds")): f.read_bytes() for f in found if f.is_file()}


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def free_port():
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def s3():
    """The address of an S3 server with an empty, public bucket."""
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    yield address.replace("0.0.0.0", "127.0.0.1")
    server.stop()


@pytest.fixture
def bucket(s3):
    import boto3  # noqa: PLC0415 - it comes with moto

    client = boto3.client(
        "s3",
        endpoint_url=s3,
        aws_access_key_id="key",
        aws_secret_access_key="hidden-secret",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="feeds")
    yield client
    for listed in client.list_objects_v2(Bucket="feeds").get("Contents", []):
        client.delete_object(Bucket="feeds", Key=listed["Key"])
    client.delete_bucket(Bucket="feeds")


def held(bucket, prefix="news/"):
    listed = bucket.list_objects_v2(Bucket="feeds").get("Contents", [])
    return {
        each["Key"].removeprefix(prefix): bucket.get_object(Bucket="feeds", Key=each["Key"])["Body"].read()
        for each in listed
    }


class Proxy:
    """Passes requests on to a server, and breaks the nth one: cut off, answered with 500, or late."""

    def __init__(self, server):
        self.server = server
        self.at = self.how = None
        self.seen = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(connection,), daemon=True).start()

    def _pass(self, connection):
        from http.client import HTTPConnection  # noqa: PLC0415

        with suppress(OSError), closing(connection), connection.makefile("rb") as lines:
            while (first := lines.readline()).strip():
                headers = {}
                while line := lines.readline().strip():
                    name, _, value = line.decode().partition(":")
                    headers[name.lower()] = value.strip()
                if headers.pop("expect", ""):
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                body = lines.read(int(headers.get("content-length", 0)))
                with self.lock:
                    self.seen += 1
                    broken = self.how if self.at is not None and self.seen >= self.at else None
                if broken == "cut":
                    return
                if broken == "500":
                    connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
                    continue
                method, path, _ = first.decode().split(" ", 2)
                upstream = HTTPConnection(self.server.removeprefix("http://"), timeout=30)
                upstream.request(method, path, body, headers)
                answer = upstream.getresponse()
                data = answer.read()
                upstream.close()
                sent = "".join(
                    f"{name}: {value}\r\n"
                    for name, value in answer.getheaders()
                    if name.lower() not in {"connection", "content-length", "transfer-encoding"}
                )
                length = answer.getheader("Content-Length") if method == "HEAD" else len(data)
                connection.sendall(
                    f"HTTP/1.1 {answer.status} x\r\n{sent}Content-Length: {length or 0}\r\n\r\n".encode()
                    + data
                )


@pytest.fixture
def proxy(s3):
    found = Proxy(s3)
    yield found
    found.listener.close()


@needs("moto", "s3fs")
def test_a_bucket_holds_what_is_published_with_types_and_times(site, s3, bucket):
    site.build(1, 2)
    environment = KEYS | {"AWS_ENDPOINT_URL": s3}
    done = site.run("deploy", "s3://feeds/news", **environment)
    assert not done.stderr, done.stderr
    assert held(bucket) == site.published()
    head = bucket.head_object(Bucket="feeds", Key="news/all.rss")
    assert (head["ContentType"], head["CacheControl"]) == (
        "application/rss+xml; charset=utf-8",
        "public, max-age=300",
    )
    bucket.put_object(Bucket="feeds", Key="news/mine.txt", Body=b"mine")
    site.build(2, 3)
    done = site.run("deploy", "s3://feeds/news", **environment)
    assert "uploaded" in done.stdout
    assert held(bucket) == site.published() | {"mine.txt": b"mine"}
    assert site.run("deploy", "s3://feeds/news", **environment).stdout == "s3://feeds/news: nothing to do\n"


@needs("moto", "s3fs")
@pytest.mark.parametrize("how", ["cut", "500"])
def test_broken_at_any_request_a_deploy_goes_on_where_it_was(site, bucket, proxy, how):
    environment = KEYS | {"AWS_ENDPOINT_URL": proxy.address, "AWS_MAX_ATTEMPTS": "1"}
    site.build(1)
    assert site.run("deploy", "s3://feeds/news", **environment).returncode == 0
    whole = proxy.seen
    every = 1 if os.environ.get("FEEDPUB_SWEEP") else max(whole // 2, 1)
    for number, at in enumerate(range(1, whole, every)):
        site.build(1, 2 + number)
        proxy.seen, proxy.at, proxy.how = 0, at, how
        done = site.run("deploy", "s3://feeds/news", **environment)
        proxy.at = None
        if done.returncode:
            assert done.returncode == 1
            assert done.stderr.startswith("feedpub: s3://feeds/news: ")
            assert done.stderr.count("\n") == 1
        assert site.run("deploy", "s3://feeds/news", **environment).returncode == 0
        assert held(bucket) == site.published()


@needs("moto", "s3fs")
def test_without_credentials_a_deploy_says_so_in_one_sentence(site, s3, bucket):
    del bucket
    site.build(1)
    absent = {"AWS_ENDPOINT_URL": s3, "AWS_EC2_METADATA_DISABLED": "true"}
    done = site.run("deploy", "s3://feeds/news", **absent)
    assert done.returncode == 1
    assert "redentials" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "hidden-secret" not in done.stderr + done.stdout


@contextmanager
def openssh(folder):
    """An SSH server on this machine, a key that it accepts, and its port."""
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    keys = folder / "authorized"
    keys.write_text((folder / "key.pub").read_text())
    keys.chmod(0o600)
    port = free_port()
    lines = f"""
Port {port}
ListenAddress 127.0.0.1
HostKey {folder / "host"}
AuthorizedKeysFile {keys}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
Subsystem sftp internal-sftp
"""
    (folder / "sshd_config").write_text(lines)
    Path("/run/sshd").mkdir(exist_ok=True)
    daemon = shutil.which("sshd") or "/usr/sbin/sshd"
    with (folder / "sshd.log").open("wb") as log:
        server = subprocess.Popen([daemon, "-D", "-e", "-f", folder / "sshd_config"], stderr=log)
    try:
        for _ in range(100):
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
                break
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


@needs("paramiko")
@pytest.mark.skipif(
    not (shutil.which("sshd") or Path("/usr/sbin/sshd").exists()),
    reason="sshd: not installed (openssh-server)",
)
@pytest.mark.skipif(os.geteuid() != 0, reason="sshd wants root")
def test_a_host_that_speaks_ssh_holds_what_is_published(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ssh")
    there = tmp_path_factory.mktemp("there")
    with openssh(folder) as port:
        home = site.folder / ".ssh"
        home.mkdir(mode=0o700)
        shutil.copy(folder / "key", home / "id_ed25519")
        to = f"sftp://{getpass.getuser()}@127.0.0.1:{port}{there}/feeds"
        for numbers in ((1, 2), (2, 3)):
            site.build(*numbers)
            done = site.run("deploy", to)
            assert not done.stderr, done.stderr
            found = {
                str(f.relative_to(there / "feeds")): f for f in (there / "feeds").rglob("*") if f.is_file()
            }
            assert {name: file.read_bytes() for name, file in found.items()} == site.published()
        (home / "id_ed25519").unlink()
        site.build(3, 4)
        done = site.run("deploy", to, SSH_AUTH_SOCK="")
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1

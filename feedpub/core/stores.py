"""Stores that fsspec opens: what the errors of its drivers mean, and what to do about them.

The drivers have no common errors: each raises those of its own libraries. So they are recognised by their classes,
by their causes and, finally, by their words.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import takewhile
from typing import Any, TypeVar

from feedpub.core.errors import install_command, printable
from feedpub.core.yaml_node import did_you_mean

T = TypeVar("T")

_MOST = 200
# Modules whose package has another name (except for - and _).
_PACKAGES = {"smbclient": "smbprotocol", "libarchive": "libarchive-c"}
_AWS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
_GOOGLE = "set GOOGLE_APPLICATION_CREDENTIALS to a key file"
_AZURE = "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or AZURE_STORAGE_CONNECTION_STRING"
# Where the drivers get credentials; every other option of a driver can be a variable of fsspec.
_CREDENTIALS = {
    **dict.fromkeys(("s3", "s3a"), _AWS),
    **dict.fromkeys(("gs", "gcs"), _GOOGLE),
    **dict.fromkeys(("az", "abfs", "abfss", "adl"), _AZURE),
    "github": "set FSSPEC_GITHUB_USERNAME and FSSPEC_GITHUB_TOKEN",
    "hf": "set HF_TOKEN",
}
_COMMON = ("s3", "gs", "az", "sftp", "ftp", "smb", "webdav", "github")
_MISSING = (FileNotFoundError, NotADirectoryError)
_CLASSES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    (_MISSING, "missing"),
    ((PermissionError,), "refused"),
    ((ConnectionError, TimeoutError), "unreached"),
)
_REFUSED_CLASS = re.compile(r"credential|auth(?!or)|permission|access_?denied|forbidden|token", re.IGNORECASE)
_REFUSED_TEXT = re.compile(
    r"credential|access.?denied|forbidden|permission|unauthori[sz]ed|not authori[sz]ed|authenticat|log ?[io]n"
    r"|\b40[13]\b|\b530\b|expired|InvalidAccessKeyId|SignatureDoesNotMatch|anonymous caller|account_name",
    re.IGNORECASE,
)
_UNREACHED_CLASS = re.compile(r"connect|timeout|timedout|unreachable|dns|nameresolution", re.IGNORECASE)
_UNREACHED_TEXT = re.compile(
    r"name or service not known|nodename nor servname|temporary failure in name resolution|could not connect"
    r"|unreachable|timed out|connection (?:refused|reset|closed|aborted)",
    re.IGNORECASE,
)
_LACKING = re.compile(r"missing \d+ required (?:positional|keyword-only) arguments?: '(\w+)'")
# A query may contain a signature, and the part before the @ a password.
_QUERY = re.compile(r"(\w+://[^\s?\"'<>]*)\?[^\s\"'<>]*")
_PASSWORD = re.compile(r"(\w://[^\s/@:]*):[^\s/@]+@")
# Here, the part after the colon is not a password: org:repo@branch.
_NO_PASSWORD = ("github://", "gist://", "git://")


class StoreError(Exception):
    """A store cannot be read or written; the message follows the address, and ends with the remedy."""


def attempt(url: str, call: Callable[[], T]) -> T:
    """Run ``call``, which uses the store at ``url``. Raises :class:`StoreError` for its errors.

    Logs and complaints of the driver's libraries are suppressed meanwhile.
    """
    with quiet():
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - a driver raises whatever its libraries do
            said = store_problem(url, error)
        # By now, the objects in the error are gone, and have made their complaints.
    raise StoreError(said)


def filesystem_of(url: str) -> tuple[Any, str]:
    """Return fsspec's file system for ``url``, and the path in it. Raises :class:`StoreError`."""

    def opened() -> tuple[Any, str]:
        # From an extra, and slow to import.
        from fsspec import core  # noqa: PLC0415

        found: tuple[Any, str] = core.url_to_fs(url)
        return found

    return attempt(url, opened)


def listed(url: str, filesystem: Any, path: str) -> list[str]:
    """Return the files of the store at ``url`` that match ``path``, sorted. Raises :class:`StoreError`.

    The result is that of fsspec's ``glob``, which however treats most errors of a driver as an empty folder.
    """
    return attempt(url, lambda: sorted(_fitting(filesystem, path)))


def _fitting(filesystem: Any, path: str) -> Iterator[str]:
    # From an extra, like fsspec everywhere in this module.
    from fsspec.utils import glob_translate  # noqa: PLC0415

    # In a web address, a question mark begins the query.
    wild = re.compile(r"[*[]" if path.startswith(("http://", "https://")) else r"[*?[]")
    parts = path.split("/")
    fixed = list(takewhile(lambda part: not wild.search(part), parts))
    if fixed == parts:
        yield from [path] if _is_file(filesystem, path) else []
        return

    @cache
    def pattern_of(depth: int) -> re.Pattern[str]:
        return re.compile(glob_translate("/".join(parts[:depth])))

    def leads_on(folder: str) -> bool:
        depth = folder.count("/") + 1
        return "**" in parts[:depth] or (depth < len(parts) and bool(pattern_of(depth).match(folder)))

    waiting = ["/".join(fixed) or ("/" if path.startswith("/") else "")]
    searched = set(waiting)
    while waiting:
        for entry in _entries(filesystem, waiting.pop()):
            name, kind = entry["name"].rstrip("/"), entry["type"]
            if kind == "directory":
                if name not in searched and leads_on(name):
                    searched.add(name)
                    waiting.append(name)
            elif pattern_of(len(parts)).match(name) and (kind == "file" or _is_file(filesystem, name)):
                yield name


def _entries(filesystem: Any, folder: str) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = filesystem.ls(folder, detail=True)
    except _MISSING:
        return []
    return found


def _is_file(filesystem: Any, path: str) -> bool:
    try:
        return bool(filesystem.info(path)["type"] == "file")
    except _MISSING:
        return False


def has_password(url: str) -> bool:
    """Say whether an address contains a password."""
    return not url.startswith(_NO_PASSWORD) and bool(_PASSWORD.search(url))


def store_problem(url: str, error: BaseException) -> str:
    """Return what ``error`` of the driver of ``url`` means, with a remedy, as a clause after the address."""
    chain = list(_chain(error))
    return _unloaded(url, chain) or _failed(_scheme(url), chain)


def _unloaded(url: str, chain: Sequence[BaseException]) -> str:
    """Return why there is no driver; empty if there is one."""
    if module := _missing(chain):
        package = "feedpub[remote]" if module == "fsspec" else module.replace("_", "-")
        package = _PACKAGES.get(module, package)
        return f"needs the package {package}; install it with: {install_command(package)}"
    if isinstance(chain[0], ImportError):
        return f"its driver cannot be loaded: {_said(chain[0])}"
    return _unknown(url)


def _failed(scheme: str, chain: Sequence[BaseException]) -> str:
    said = _said(chain[0])
    if lacking := _LACKING.search(said):
        name = lacking[1]
        return f"the address has no {name}; add it, or set {_variable(scheme, name)}"
    match _kind(chain):
        case "missing":
            return f"does not exist: {said}"
        case "refused":
            return f"access is refused: {said}; {_login(scheme)}"
        case "unreached":
            return f"cannot be reached: {said}; check the host in the address, and the network"
        case _:
            return f"its driver fails: {said}"


def _kind(chain: Sequence[BaseException]) -> str:
    """Return the kind of failure of an error: by its class if possible, else by names and words."""
    for classes, kind in _CLASSES:
        if any(isinstance(each, classes) for each in chain):
            return kind
    names = " ".join(kind.__name__ for each in chain for kind in type(each).__mro__)
    words = " ".join(map(_said, chain))
    for pattern, text, kind in (
        (_UNREACHED_TEXT, words, "unreached"),
        (_REFUSED_CLASS, names, "refused"),
        (_UNREACHED_CLASS, names, "unreached"),
        (_REFUSED_TEXT, words, "refused"),
    ):
        if pattern.search(text):
            return kind
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _missing(chain: Sequence[BaseException]) -> str:
    """Return the missing module, if that is the problem."""
    for each in takewhile(lambda error: isinstance(error, ImportError), chain):
        if isinstance(each, ModuleNotFoundError) and each.name:
            return each.name.partition(".")[0]
    return ""


def _unknown(url: str) -> str:
    # From an extra, which is installed if a driver raised an error.
    from fsspec.registry import known_implementations, registry  # noqa: PLC0415

    known = {*known_implementations, *registry}
    for part in url.split("::"):
        scheme = _scheme(part)
        if scheme and scheme not in known:
            remedy = did_you_mean(scheme, known) or f"write one such as {', '.join(_COMMON)}"
            return f"there is no driver for {scheme}://; {remedy}"
    return ""


def _scheme(url: str) -> str:
    return url.rpartition("::")[2].partition("://")[0] if "://" in url else ""


def _login(scheme: str) -> str:
    if scheme in _CREDENTIALS:
        return _CREDENTIALS[scheme]
    return f"set {_variable(scheme, 'username')} and {_variable(scheme, 'password')}, or what its driver documents"


def _variable(scheme: str, option: str) -> str:
    return f"FSSPEC_{scheme}_{option}".upper()


def _said(error: BaseException) -> str:
    """Return the first line of an error's text, without secrets in addresses."""
    text = error.strerror or str(error) if isinstance(error, OSError) else str(error)
    line = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    line = printable(hidden(_QUERY.sub(r"\1?…", line)).rstrip(".;:"))
    return line if len(line) <= _MOST else f"{line[:_MOST]}…"


def hidden(text: str) -> str:
    """Return a text without the passwords of addresses in it."""
    return text if text.startswith(_NO_PASSWORD) else _PASSWORD.sub(r"\1:***@", text)


@contextmanager
def quiet() -> Iterator[None]:
    """Suppress the logs of a driver's libraries, and errors in their finalisers."""
    silent, complain = logging.NullHandler(), sys.unraisablehook
    logging.getLogger().addHandler(silent)
    sys.unraisablehook = lambda _: None
    try:
        yield
    finally:
        sys.unraisablehook = complain
        logging.getLogger().removeHandler(silent)

"""An open folder and the operations on it that publishing needs; when one returns, its result is on the disk.

All operations use the folder's descriptor: even if its path is moved or replaced by a symbolic link meanwhile, they
work in the folder that was opened. Errors are the system's ``OSError``; :func:`failure` turns them into a sentence.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from feedpub.core.errors import Locked, PublishError

if TYPE_CHECKING:
    from types import TracebackType


FILE_MODE = 0o644
FOLDER_MODE = 0o755

_SECOND = 10**9
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_RENAME_EXCHANGE = 2  # linux/fs.h
# NFS locks only files that are open for writing, and a folder never is; some network file systems cannot lock at all.
_CANNOT_LOCK = frozenset({errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP})
_REMEDIES = {
    errno.EACCES: "give the user who runs the build write permission there",
    errno.EBUSY: "it is a mount point or in use: name a folder inside it as output.dir",
    errno.EDQUOT: "free some of the quota and build again",
    errno.EEXIST: "move away what is there, or name another folder in the config",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f) and build again",
    errno.EIO: "the disk may be failing: look into the system's log before you build again",
    errno.EISDIR: "move that folder away and build again",
    errno.ELOOP: "a symbolic link is there, which is not followed: remove it, or name the real place",
    errno.EMFILE: "raise the limit on open files (ulimit -n) and build again",
    errno.ENOSPC: "free some space (df) or inodes (df -i) there and build again",
    errno.ENOTDIR: "a symbolic link or a file is in the folder's place: remove it, or name the real folder",
    errno.EPERM: "give the user who runs the build write permission there",
    errno.EROFS: "mount it for writing, or name another folder in the config",
}


def failure(what: str, path: Path, error: OSError) -> PublishError:
    """Return the error that says ``what`` failed at ``path``, why, what to do, and that nothing is torn."""
    place = f" ({error.filename})" if error.filename and str(error.filename) != str(path) else ""
    remedy = _REMEDIES.get(error.errno or 0, "fix that and build again")
    return PublishError(
        f"{what} {path}{place}: {error.strerror}; every published file is still whole; {remedy}"
    )


class Folder:
    """An open folder; a context manager.

    Names are names in it, or in a folder directly inside it, such as ``article/one.html``. That folder may not be a
    symbolic link either, and is also kept open.
    """

    def __init__(self, path: Path) -> None:
        """Open ``path``, which must not be a symbolic link itself."""
        self.path = path
        self._handle = os.open(path, _FOLDER_FLAGS)
        self._inside: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handle in (*self._inside.values(), self._handle):
            os.close(handle)
        self._inside.clear()

    def _at(self, name: str, *, make: bool = False) -> tuple[int, str]:
        """Return the handle of the folder that ``name`` is in, and its name there; ``make`` that folder if missing."""
        inside, _, last = name.rpartition("/")
        if not inside:
            return self._handle, name
        if inside not in self._inside:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(inside, dir_fd=self._handle)
                    os.chmod(inside, FOLDER_MODE, dir_fd=self._handle)  # whatever the umask is
            self._inside[inside] = os.open(inside, _FOLDER_FLAGS, dir_fd=self._handle)
        return self._inside[inside], last

    def lock(self) -> None:
        """Lock this folder against other builds while it is open; :class:`Locked` if another build has the lock."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(f"another build is publishing to {self.path}; nothing was done") from None
        except OSError as error:
            if error.errno not in _CANNOT_LOCK:
                raise

    def names(self, inside: str = "") -> list[str]:
        """Return the sorted names in the folder, or in the folder ``inside`` it."""
        try:
            handle, _ = self._at(f"{inside}/" if inside else "")
        except FileNotFoundError:
            return []
        with os.scandir(handle) as entries:
            return sorted(f"{inside}/{entry.name}" if inside else entry.name for entry in entries)

    def stat(self, name: str) -> os.stat_result | None:
        """Return the ``stat`` of ``name`` (a symbolic link counts as itself), ``None`` if it does not exist."""
        try:
            handle, last = self._at(name)
            return os.stat(last, dir_fd=handle, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def holds_file(self, name: str) -> bool:
        """Say whether ``name`` exists and is not a folder."""
        status = self.stat(name)
        return status is not None and not stat.S_ISDIR(status.st_mode)

    def read(self, name: str, *, size: int | None = None) -> bytes | None:
        """Return the bytes of a regular file (of ``size`` bytes, if given); ``None`` if there is none.

        Symbolic links, pipes and devices are not regular files. A folder is an error: it can't be replaced by a file.
        """
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            folder, last = self._at(name)
            handle = os.open(last, flags, dir_fd=folder)
        except OSError as error:
            # ENXIO: it is a socket.
            if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENXIO):
                return None
            raise
        try:
            status = os.fstat(handle)
            if stat.S_ISDIR(status.st_mode):
                raise IsADirectoryError(errno.EISDIR, "a folder is where a file belongs", name)
            if not stat.S_ISREG(status.st_mode) or (size is not None and status.st_size != size):
                return None
            with os.fdopen(handle, "rb", closefd=False) as file:
                return file.read()
        finally:
            os.close(handle)

    def write(self, name: str, data: bytes, *, mtime: int | None = None, after: int | None = None) -> int:
        """Make a new file, flush it to the disk, read it back, and return its mtime in nanoseconds.

        The mtime is ``mtime`` if given; otherwise it is now, but at least a second after ``after``: web servers derive
        ETag and Last-Modified from whole seconds, so changed bytes need another second.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        folder, last = self._at(name, make=True)
        handle = os.open(last, flags, FILE_MODE, dir_fd=folder)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fchmod(handle, FILE_MODE)  # whatever the umask is: a web server has to read it
            if mtime is None and after is not None and os.fstat(handle).st_mtime_ns < after + _SECOND:
                mtime = after + _SECOND
            if mtime is not None:
                os.utime(handle, ns=(mtime, mtime))
            os.fsync(handle)  # never tried again: after a failed fsync the kernel may have dropped the pages
            written = os.fstat(handle).st_mtime_ns
        finally:
            os.close(handle)
        if self.read(name) != data:
            raise OSError(errno.EIO, "what was written reads back differently", name)
        return written

    def link(self, name: str, other: Folder) -> bool:
        """Make a hard link to the file ``name`` in ``other``; return false if the file system can't."""
        try:
            source, last = self._at(name)
            target, _ = other._at(name, make=True)
            os.link(last, last, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
        except OSError as error:
            # No hard links here, too many of them, or the file belongs to another user (fs.protected_hardlinks).
            if error.errno in (errno.EPERM, errno.EMLINK, errno.EXDEV, errno.EOPNOTSUPP):
                return False
            raise
        return True

    def point(self, name: str, target: str) -> None:
        """Make the symbolic link ``name`` to ``target``."""
        os.symlink(target, name, dir_fd=self._handle)

    def move(self, name: str, other: Folder, new: str) -> None:
        """Move ``name`` to ``other`` as ``new``, replacing an existing file; a link is replaced, not followed."""
        target, last = other._at(new, make=True)
        os.replace(name, last, src_dir_fd=self._handle, dst_dir_fd=target)

    def reaches(self, other: Folder) -> bool:
        """Say whether files can be moved from here to ``other``, a folder of the same file system.

        Bind mounts look like one file system but refuse, so this tries to move a file that does not exist.
        """
        try:
            self.move(".absent", other, ".absent")
        except OSError as error:
            return error.errno != errno.EXDEV
        raise AssertionError("an absent file was moved")  # pragma: no cover

    def swap(self, name: str, other: Folder, new: str) -> None:
        """Exchange ``name`` with ``new`` of ``other`` in one step, files or folders (Linux only)."""
        library = ctypes.CDLL(None, use_errno=True)
        call = getattr(library, "renameat2", None)
        code = errno.ENOSYS
        if call is not None:
            arguments = (self._handle, os.fsencode(name), other._handle, os.fsencode(new), _RENAME_EXCHANGE)
            if call(*arguments) == 0:
                return
            code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), new)

    def remove(self, name: str) -> None:
        """Remove ``name`` if it exists."""
        with contextlib.suppress(FileNotFoundError):
            handle, last = self._at(name)
            os.unlink(last, dir_fd=handle)

    def remove_folder(self, inside: str) -> None:
        """Remove the folder ``inside`` this one, if it exists and is empty."""
        if inside in self._inside:
            os.close(self._inside.pop(inside))
        try:
            os.rmdir(inside, dir_fd=self._handle)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise

    def sync(self) -> None:
        """Flush the names in the folder, and in folders inside it that were opened, to the disk."""
        for handle in (*self._inside.values(), self._handle):
            os.fsync(handle)


def make_folder(path: Path) -> None:
    """Make ``path`` and the folders above it, if they are missing, readable for a web server."""
    if path.is_dir():
        return
    if not path.parent.is_dir():
        make_folder(path.parent)
    try:
        path.mkdir()
    except FileExistsError:
        if path.is_dir():  # another build was faster
            return
        raise
    path.chmod(FOLDER_MODE)  # whatever the umask is
    with Folder(path.parent.resolve()) as parent:
        parent.sync()


@contextmanager
def exclusive(state: Path, name: str = "lock", what: str = "build") -> Iterator[None]:
    """Hold the lock ``name`` of ``state`` for a whole build, or ``what`` it is; :class:`Locked` if another has it.

    The system releases ``flock`` when its holder dies, for any reason. Raises :class:`PublishError`
    if it cannot lock, for instance because ``state`` is a symbolic link.
    """
    try:
        make_folder(state)
        with Folder(state):  # refuses a link
            handle = os.open(state / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE)
    except OSError as error:
        raise failure("cannot open the lock in", state, error) from error
    _locks.add(handle)
    _release_in_children()
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(
                f"another {what} is running and has locked {state / name}; nothing was done"
            ) from None
        except OSError as error:
            raise failure("cannot lock", state / name, error) from error
        yield
    finally:
        _release(handle)


def _release(handle: int) -> None:
    if handle in _locks:  # in a forked child it is closed already, and may be another file's by now
        _locks.remove(handle)
        with suppress(OSError):  # nothing was written to it, and what was published is in place
            os.close(handle)


def _release_all() -> None:
    for handle in tuple(_locks):
        _release(handle)


@cache
def _release_in_children() -> None:
    """Register, once, that forked children close the locks that they inherit.

    A lock belongs to all processes that inherited it: a forked worker that survives its killed parent would never
    release it. Closing the child's copy does not affect the parent's lock.
    """
    os.register_at_fork(after_in_child=_release_all)


_locks: set[int] = set()

"""One window for one library: a second start hands its files to the first and ends.

The first start holds a lock beside the database and listens on a socket whose address and secret
lie in a file only this user can read. Nothing here imports Qt, so a second start ends in tens of
milliseconds.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from app.desktop.file_lock import FileLock
from app.paths import Paths
from app.signals import Post

log = logging.getLogger(__name__)

MESSAGE_LIMIT = 1 << 20
"""Bytes of one message; longer ones are refused, and a start with more files sends several."""
FILES_LIMIT = 20_000
TALK_LIMIT_S = 2.0
HAND_OVER_LIMIT_S = 5.0
_UNIX_PATH_LIMIT = 100
_TAKEN = b"taken\n"

OnRaise = Callable[[list[str]], None]


class NotAnsweringError(Exception):
    """Another start holds the library and does not answer; the text tells what to do."""

    def __init__(self) -> None:
        super().__init__(
            "Segue is running already but does not answer. "
            "Close it, or end its process, and start again."
        )


@dataclass(frozen=True, slots=True)
class Address:
    """Where the first start listens: a Unix socket's path, or a port on this machine."""

    secret: str
    path: str = ""
    port: int = 0

    def connect(self, limit_s: float) -> socket.socket:
        """A connection to the listener; raises OSError when nobody listens."""
        if not self.path:
            return socket.create_connection(("127.0.0.1", self.port), limit_s)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(limit_s)
        try:
            connection.connect(self.path)
        except OSError:
            connection.close()
            raise
        return connection


def claim(paths: Paths, files: Sequence[str] = ()) -> Instance | None:
    """Become the one instance for this data folder, or hand `files` to the one there is.

    Returns None when they were handed over and the first window was asked to come to the front.
    Raises NotAnsweringError when there is another start that does not react, and OSError when
    the data folder cannot be written.
    """
    paths.data.mkdir(parents=True, exist_ok=True)
    named = [file if "://" in file else os.path.abspath(file) for file in files]
    give_up_at = time.monotonic() + HAND_OVER_LIMIT_S
    pause = threading.Event()
    while True:
        with _door(paths):
            lock = FileLock(paths.data / "segue.lock")
            if lock.take():
                return Instance(paths, lock)
            address = _read_address(paths)
        if address is not None and _hand_over(address, named):
            return None
        if time.monotonic() > give_up_at:
            raise NotAnsweringError
        pause.wait(0.05)


class Instance:
    """The one running start. It listens from the beginning and keeps what comes until `listen`."""

    def __init__(self, paths: Paths, lock: FileLock) -> None:
        self._paths = paths
        self._lock = lock
        self._guard = threading.Lock()
        self._waiting: list[list[str]] = []
        self._deliver: Callable[[list[str]], None] | None = None
        self._closed = False
        self._server, self._address = _listen(paths)
        _write_address(paths, self._address)
        self._thread = threading.Thread(target=self._serve, name="single-instance", daemon=True)
        self._thread.start()

    def __enter__(self) -> Instance:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def listen(self, post: Post, on_raise: OnRaise) -> None:
        """From now on call `on_raise(files)` on the window's thread for each further start.

        Files come as absolute paths or URLs; the list is empty when only the window is wanted.
        """

        def deliver(files: list[str]) -> None:
            post(lambda: on_raise(files))

        with self._guard:
            waiting, self._waiting = self._waiting, []
            self._deliver = deliver
        for files in waiting:
            deliver(files)

    def close(self) -> None:
        """Stop listening and let another start take over."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
            self._deliver = None
        with contextlib.suppress(OSError), self._address.connect(TALK_LIMIT_S):
            pass  # wakes the listening thread
        self._thread.join(TALK_LIMIT_S * 2)
        with _door(self._paths):
            self._server.close()
            for file in (self._address.path, str(_address_file(self._paths))):
                if file:
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(file)
            self._lock.release()

    def _serve(self) -> None:
        while not self._closed:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                try:
                    files = _receive(connection, self._address.secret)
                except (OSError, ValueError) as error:
                    log.warning("a start that could not be understood: %s", error)
                    continue
                if files is not None:
                    self._take(files)
                    with contextlib.suppress(OSError):
                        connection.sendall(_TAKEN)

    def _take(self, files: list[str]) -> None:
        with self._guard:
            deliver = self._deliver
            if deliver is None:
                self._waiting.append(files)
        if deliver is not None:
            deliver(files)


def _listen(paths: Paths) -> tuple[socket.socket, Address]:
    secret = os.urandom(16).hex()
    path = str(paths.data.absolute() / "segue.sock")
    if hasattr(socket, "AF_UNIX") and len(os.fsencode(path)) <= _UNIX_PATH_LIMIT:
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        try:
            server.bind(path)
        except OSError as error:
            log.info("no Unix socket here (%s), a port it is", error)
            server.close()
        else:
            os.chmod(path, 0o600)
            server.listen(16)
            return server, Address(secret, path=path)
    server = socket.create_server(("127.0.0.1", 0), backlog=16)
    return server, Address(secret, port=int(server.getsockname()[1]))


def _hand_over(address: Address, files: list[str]) -> bool:
    for part in _parts(files):
        message = json.dumps({"secret": address.secret, "files": part}) + "\n"
        try:
            with address.connect(TALK_LIMIT_S) as connection:
                connection.settimeout(TALK_LIMIT_S)
                connection.sendall(message.encode("ascii"))
                if connection.recv(len(_TAKEN)) != _TAKEN:
                    return False
        except OSError:
            return False
    return True


def _parts(files: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for file in files[:FILES_LIMIT]:
        length = len(json.dumps(file)) + 2
        if part and size + length > MESSAGE_LIMIT - 1024:
            yield part
            part, size = [], 0
        part.append(file)
        size += length
    yield part


def _receive(connection: socket.socket, secret: str) -> list[str] | None:
    """The files of one message, or None for a connection that says nothing."""
    stop_at = time.monotonic() + TALK_LIMIT_S
    received = bytearray()
    while not received.endswith(b"\n"):
        left_s = stop_at - time.monotonic()
        if left_s <= 0:
            raise ValueError("it took too long")
        connection.settimeout(left_s)
        piece = connection.recv(1 << 16)
        if not piece:
            break
        received += piece
        if len(received) > MESSAGE_LIMIT:
            raise ValueError("the message is too long")
    if not received:
        return None
    return _understood(bytes(received), secret)


def _understood(message: bytes, secret: str) -> list[str]:
    try:
        told = json.loads(message)
    except RecursionError as error:
        raise ValueError("the message is nested too deep") from error
    if not isinstance(told, dict):
        raise ValueError("the message is no object")
    given, files = told.get("secret"), told.get("files")
    if given != secret:
        raise ValueError("the secret is wrong")
    if not isinstance(files, list) or len(files) > FILES_LIMIT:
        raise ValueError("the files are no list")
    if not all(isinstance(file, str) and "\0" not in file for file in files):
        raise ValueError("a file has no name")
    return [str(file) for file in files]


def _address_file(paths: Paths) -> Path:
    return paths.data / "segue.address"


def _write_address(paths: Paths, address: Address) -> None:
    draft = paths.data / "segue.address.part"
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(address), file)
    draft.replace(_address_file(paths))


def _read_address(paths: Paths) -> Address | None:
    try:
        told = json.loads(_address_file(paths).read_text(encoding="utf-8"))
        return Address(str(told["secret"]), str(told["path"]), int(told["port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextlib.contextmanager
def _door(paths: Paths) -> Iterator[None]:
    """One start at a time looks whether there is another, so that exactly one begins."""
    lock = FileLock(paths.data / "segue.door")
    lock.take(wait=True)
    try:
        yield
    finally:
        lock.release()

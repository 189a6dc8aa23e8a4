"""Web servers of all sorts on 127.0.0.1."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def web_server(pages: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """Answers each path with status, headers and body; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = pages.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Clients may leave when they like."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def socket_server(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """Hands each connection to `talk`, on a thread, with an event that says when to stop."""
    listener = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                talk(connection, closing)
            except OSError:
                return

    def accept() -> None:
        while not closing.is_set():
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
            threads[-1].start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        closing.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join(5)


def never_answer(connection: socket.socket, closing: threading.Event) -> None:
    """Take the question and say nothing."""
    connection.recv(4_096)
    closing.wait(30)


def radio(sound: bytes, titles: list[str], bytes_per_s: int = 40_000) -> Callable[..., None]:
    """A station that sends `sound` over and over with ICY titles in between."""
    interval = 4_000

    def talk(connection: socket.socket, closing: threading.Event) -> None:
        connection.recv(4_096)
        connection.sendall(
            b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\nicy-name: Test FM\r\n"
            b"icy-metaint: " + str(interval).encode() + b"\r\n\r\n"
        )
        at, number = 0, 0
        while not closing.is_set():
            block = (sound[at:] + sound)[:interval]
            at = (at + interval) % len(sound)
            title = titles[min(number // 12, len(titles) - 1)]
            text = f"StreamTitle='{title}';".encode()
            padded = text.ljust((len(text) + 15) // 16 * 16, b"\0")
            connection.sendall(block + bytes([len(padded) // 16]) + padded)
            number += 1
            closing.wait(interval / bytes_per_s if number > 10 else 0)

    return talk

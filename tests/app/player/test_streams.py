"""Opening addresses, with real servers on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.player.playlists import PlaylistEntry
from app.player.streams import StreamOpener
from tests.app.player.listener import Inbox
from tests.app.player.servers import never_answer, socket_server, web_server
from tests.making import make_audio

Answer = tuple[tuple[PlaylistEntry, ...], str]


@contextmanager
def pages() -> Iterator[str]:
    table: dict[str, tuple[int, dict[str, str], bytes]] = {}
    with web_server(table) as address:
        audio = {"Content-Type": "audio/mpeg", "icy-name": "Test FM"}
        text = {"Content-Type": "text/plain"}
        table.update(
            {
                "/live": (200, audio, b"\xff\xfb" * 500),
                "/list.m3u": (200, text, b"#EXTM3U\n#EXTINF:-1,One\nlive\nfile:///etc/passwd\n"),
                "/list.pls": (200, text, f"[playlist]\nFile1={address}/list.m3u\n".encode()),
                "/typed": (200, {"Content-Type": "audio/x-scpls"}, b"[playlist]\nFile1=live\n"),
                "/loop.m3u": (200, text, b"loop.m3u\nother.m3u\n"),
                "/other.m3u": (200, text, b"loop.m3u\n"),
                "/hls.m3u8": (200, text, b"#EXTM3U\n#EXT-X-TARGETDURATION:6\npart.ts\n"),
                "/page": (200, {"Content-Type": "text/html"}, b"<!doctype html><p>hello"),
                "/round": (302, {"Location": "/round"}, b""),
                "/moved": (302, {"Location": "/live"}, b""),
                "/to-file": (302, {"Location": "file:///etc/passwd"}, b""),
                "/private": (403, {}, b""),
                "/broken": (503, {}, b""),
                "/nothing": (200, {"Content-Type": "application/octet-stream"}, b""),
            }
        )
        yield address


def ask(inbox: Inbox, text: str, **options: float) -> Answer:
    answers: list[Answer] = []
    StreamOpener(inbox.post, **options).open(
        text,
        lambda entries: answers.append((entries, "")),
        lambda sentence: answers.append(((), sentence)),
    )
    inbox.run_until(lambda: bool(answers))
    return answers[0]


def test_an_address_that_sounds_is_one_entry_with_its_name(inbox: Inbox) -> None:
    with pages() as address:
        entries, _ = ask(inbox, f"  {address}/live ")
    assert entries == (PlaylistEntry(f"{address}/live", "Test FM"),)


@pytest.mark.parametrize("name", ["list.m3u", "list.pls", "typed"])
def test_lists_lead_to_what_they_list(inbox: Inbox, name: str) -> None:
    with pages() as address:
        entries, _ = ask(inbox, f"{address}/{name}")
    assert [entry.location for entry in entries] == [f"{address}/live"]


def test_an_hls_list_is_a_stream(inbox: Inbox) -> None:
    with pages() as address:
        entries, _ = ask(inbox, f"{address}/hls.m3u8")
    assert [entry.location for entry in entries] == [f"{address}/hls.m3u8"]


def test_a_moved_stream_is_found(inbox: Inbox) -> None:
    with pages() as address:
        entries, _ = ask(inbox, f"{address}/moved")
    assert len(entries) == 1


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("gone", "nothing at this address"),
        ("private", "does not let you in"),
        ("broken", "Try again later"),
        ("round", "in circles"),
        ("to-file", "Check the address"),
        ("page", "web page"),
        ("nothing", "sent nothing"),
        ("loop.m3u", "only to itself"),
    ],
)
def test_what_is_wrong_is_told_in_words(inbox: Inbox, path: str, words: str) -> None:
    with pages() as address:
        entries, sentence = ask(inbox, f"{address}/{path}")
    assert entries == ()
    assert words in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    "text", ["", "ftp://example.org/a.mp3", "javascript:alert(1)", "hello world", "a\nb"]
)
def test_what_is_no_address_is_told_in_words(inbox: Inbox, text: str) -> None:
    entries, sentence = ask(inbox, text)
    assert entries == ()
    assert sentence.endswith(".")


def test_a_server_that_never_answers_is_given_up(inbox: Inbox) -> None:
    with socket_server(never_answer) as address:
        _, sentence = ask(inbox, address, timeout_s=0.3)
    assert "does not answer" in sentence


def test_a_server_that_answers_drop_by_drop_is_given_up(inbox: Inbox) -> None:
    def drip(connection: object, closing: object) -> None:
        connection.recv(4_096)
        while not closing.wait(0.1):
            connection.sendall(b"H")

    with socket_server(drip) as address:
        _, sentence = ask(inbox, address, timeout_s=0.5, total_timeout_s=0.6)
    assert "does not answer" in sentence


def test_a_port_nobody_listens_on_is_told_in_words(inbox: Inbox) -> None:
    with web_server({}) as address:
        pass
    _, sentence = ask(inbox, address)
    assert "refuses the connection" in sentence


def test_an_old_icecast_greeting_is_a_stream(inbox: Inbox) -> None:
    def talk(connection: object, _closing: object) -> None:
        connection.recv(4_096)
        connection.sendall(b"ICY 200 OK\r\nicy-name:Old FM\r\n\r\n" + b"\xff\xfb" * 100)

    with socket_server(talk) as address:
        entries, _ = ask(inbox, address + "/")
    assert len(entries) == 1


def test_a_cancelled_request_answers_nothing(inbox: Inbox) -> None:
    answers: list[object] = []
    with socket_server(never_answer) as address:
        request = StreamOpener(inbox.post, timeout_s=0.2).open(
            address, answers.append, answers.append
        )
        request.cancel()
        inbox.run_for(0.5)
    assert answers == []


def test_a_path_opens_too(inbox: Inbox, tmp_path: Path) -> None:
    track = make_audio(tmp_path / "a.flac", seconds=0.2)
    (tmp_path / "list.m3u").write_text("a.flac\n")
    assert ask(inbox, str(track))[0] == (PlaylistEntry(str(track)),)
    assert ask(inbox, str(tmp_path / "list.m3u"))[0] == (PlaylistEntry(str(track)),)
    assert "not in its folder" in ask(inbox, str(tmp_path / "b.flac"))[1]

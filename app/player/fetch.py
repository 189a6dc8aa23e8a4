"""Looks at what a server has at an address: a list, a stream, or a reason why neither."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.player.media_errors import MediaError, shown_name
from app.player.playlists import is_hls, is_playlist_name

SNIFFED_BYTES = 2_048
LIST_BYTES = 2 * 1024 * 1024
AGENT = "Segue/0.1"
LIST_TYPES = (
    "audio/x-mpegurl",
    "audio/mpegurl",
    "application/x-mpegurl",
    "application/mpegurl",
    "application/vnd.apple.mpegurl",
    "audio/x-scpls",
    "application/pls+xml",
    "application/xspf+xml",
)


@dataclass(frozen=True, slots=True)
class Found:
    """What is at an address: the bytes of a list, or None for something that sounds."""

    url: str
    playlist: bytes | None = None
    name: str = ""


def look_at(url: str, timeout_s: float) -> Found:
    """Ask the server; raises `MediaError` with a sentence. Blocks up to about `timeout_s`."""
    request = urllib.request.Request(
        url, headers={"User-Agent": AGENT, "Icy-MetaData": "0", "Accept": "*/*"}
    )
    try:
        with _opener().open(request, timeout=timeout_s) as response:
            return _examine(url, response)
    except http.client.BadStatusLine as error:
        if str(error).strip("'\"").startswith("ICY "):
            return Found(url)
        raise MediaError(_garbled(url)) from None
    except urllib.error.HTTPError as error:
        error.close()
        raise MediaError(_refused(url, error)) from None
    except urllib.error.URLError as error:
        raise MediaError(_unreachable(url, error.reason)) from None
    except TimeoutError:
        raise MediaError(_unreachable(url, TimeoutError())) from None
    except (OSError, http.client.HTTPException, ValueError):
        raise MediaError(_garbled(url)) from None


def explain(url: str, timeout_s: float) -> str:
    """Why a stream cannot be played, as far as its server tells; empty when it seems fine."""
    try:
        look_at(url, timeout_s)
    except MediaError as error:
        return str(error)
    return ""


def _opener() -> urllib.request.OpenerDirector:
    """Fetches by http and https only, whatever a server redirects to."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _examine(url: str, response: http.client.HTTPResponse) -> Found:
    kind = response.headers.get_content_type()
    name = (response.headers.get("icy-name") or "").strip()[:200]
    final = response.url or url
    if kind.startswith(("audio/", "video/")) and kind not in LIST_TYPES:
        return Found(url, name=name)
    start = response.read(SNIFFED_BYTES)
    lowered = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    by_name = is_playlist_name(url) or is_playlist_name(final)
    if kind in LIST_TYPES or lowered.startswith((b"#extm3u", b"[playlist]")) or by_name:
        content = start + response.read(LIST_BYTES - len(start))
        return Found(url) if is_hls(content) else Found(final, content, name)
    if b"<playlist" in lowered:
        return Found(final, start + response.read(LIST_BYTES - len(start)), name)
    if kind == "text/html" or lowered.startswith((b"<!doctype html", b"<html")):
        raise MediaError(
            f"{shown_name(url)} sent a web page. Look there for the address of the stream itself."
        )
    if not start:
        raise MediaError(f"{shown_name(url)} sent nothing. Check the address, then try again.")
    return Found(url, name=name)


def _refused(url: str, error: urllib.error.HTTPError) -> str:
    host = shown_name(url)
    if error.code in (301, 302, 303, 307, 308):
        return f"{host} sends this address round in circles. Check the address."
    if error.code in (404, 410):
        return f"{host} has nothing at this address (error {error.code}). Check the address."
    if error.code in (401, 403):
        return f"{host} does not let you in (error {error.code}). Check the address or log in."
    return f"{host} has a problem (error {error.code}). Try again later."


def _unreachable(url: str, reason: object) -> str:
    host = shown_name(url)
    if isinstance(reason, TimeoutError):
        return f"{host} does not answer. Check the address and your connection, then try again."
    if isinstance(reason, socket.gaierror):
        return f"{host} was not found. Check the address and your connection."
    if isinstance(reason, ConnectionRefusedError):
        return f"{host} refuses the connection. Check the address, or try again later."
    if isinstance(reason, ssl.SSLError):
        return f"{host} cannot be trusted: its certificate is not valid. Check the address."
    if isinstance(reason, str) and "unknown url type" in reason:
        return f"{host} leads to an address that is neither http nor https. Check the address."
    return f"{host} cannot be reached. Check the address and your connection."


def _garbled(url: str) -> str:
    where = urlsplit(url).hostname or "The server"
    return f"{where} answers in a way that is not understood. Check the address."

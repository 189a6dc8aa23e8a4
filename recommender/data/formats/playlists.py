"""Folders of playlists as players write them: M3U, M3U8 and XSPF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote
from xml.etree import ElementTree

from recommender.data.formats.lines import ReadError, whole
from recommender.data.formats.records import RawList, RawPlay, named

SUFFIXES = (".m3u", ".m3u8", ".xspf")
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")


class _DoctypeError(Exception):
    """A document type in a playlist: the door to entities, and needed for nothing."""


class _Builder(ElementTree.TreeBuilder):
    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise _DoctypeError


def read_playlists(paths: Sequence[Path]) -> Iterator[RawList]:
    """A list of each playlist file, in order of name; folders are searched to the bottom.

    A song's key is its artist and title: from the playlist where it has them, else from a file
    name such as "Artist - Title.mp3". Raises ReadError.
    """
    for path in paths:
        for file in _files(path) if path.is_dir() else [path]:
            plays = _read_xspf(file) if file.suffix.lower() == ".xspf" else _read_m3u(file)
            if plays:
                yield RawList("", None, plays)


def _files(folder: Path) -> list[Path]:
    found = [file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES]
    if not found:
        raise ReadError(f"{folder}: there are no playlists (M3U, M3U8, XSPF) in this folder.")
    return sorted(found)


def _read_m3u(path: Path) -> list[RawPlay]:
    """The entries; text that is not UTF-8 is taken for Windows' Western encoding."""
    content = whole(path)
    if b"\0" in content:
        raise ReadError(f"{path}: this is not a text file.")
    plays, told = [], ""
    for line in _decoded(content).split("\n"):
        line = line.strip()
        if line[:8].upper() == "#EXTINF:":
            told = line.partition(",")[2]
        elif line and not line.startswith("#"):
            play = _from_words(told) if told.strip() else _from_location(line)
            told = ""
            if play.key:
                plays.append(play)
    return plays


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS[:-1]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode(ENCODINGS[-1])


def _read_xspf(path: Path) -> list[RawPlay]:
    parser = ElementTree.XMLParser(target=_Builder())
    try:
        parser.feed(whole(path))
        root = parser.close()
    except _DoctypeError as error:
        raise ReadError(f"{path}: a playlist with a document type is not read.") from error
    except ElementTree.ParseError as error:
        raise ReadError(f"{path}, line {error.position[0]}: not XML ({error}).") from error
    except (ValueError, LookupError) as error:
        raise ReadError(f"{path}: this XML cannot be read ({error}).") from error
    tracks = (each for each in root.iter() if _tag(each) == "track")
    return [play for play in map(_track, tracks) if play.key]


def _track(track: ElementTree.Element) -> RawPlay:
    words = {_tag(part): part.text or "" for part in reversed(track)}
    if words.get("title", "").strip():
        return named(words.get("creator", ""), words["title"])
    return _from_location(words.get("location", ""))


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _from_words(words: str) -> RawPlay:
    artist, dash, title = words.partition(" - ")
    return named(artist, title) if dash else named("", words)


def _from_location(location: str) -> RawPlay:
    path = unquote(location) if "://" in location else location.replace("\\", "/")
    return _from_words(PurePosixPath(path).stem)

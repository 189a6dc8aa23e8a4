"""The files that could not be heard: asked of the source, named by the library, listed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.library.folder import ScanProblem
from app.library.library import Library
from app.library.reader import Reader
from app.ui.problems_dialog import ProblemsDialog
from app.ui.sound_source import SoundSource
from app.ui.theme import Theme


def show_unheard(source: SoundSource, reader: Reader, theme: Theme, parent: QWidget) -> None:
    """Open the list over `parent` as soon as the answers are there, if it is still shown then."""

    def take(problems: Sequence[tuple[int, str]]) -> None:
        reader.ask(lambda library: _named(library, problems), show, "unheard")

    def show(problems: Sequence[ScanProblem]) -> None:
        if isValid(parent) and parent.isVisible():
            ProblemsDialog(problems, theme, parent, verb="heard").open()

    source.ask_problems(take)


def _named(library: Library, problems: Sequence[tuple[int, str]]) -> list[ScanProblem]:
    words = dict(problems)
    tracks = library.tracks(list(words))
    return [ScanProblem(track.location, words[track.track_id], 0) for track in tracks]

"""The listening process by itself: what it says, and how it ends without a player."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from app.background.child import Child
from app.sound import messages
from app.sound.process import HearJob, main
from recommender.audio.store import SoundStore
from tests.app.listening.conftest import Window
from tests.app.sound.conftest import EARS, PATIENCE_S, Shelf

Begin = Callable[..., Child[HearJob]]


@pytest.fixture
def begin(shelf: Shelf):
    made: list[Child[HearJob]] = []

    def make(**options: object) -> Child[HearJob]:
        how = {"hear": EARS, "workers": 1, "stands_back": False, "linger_s": 0.0, **options}
        made.append(Child(main, HearJob(shelf.database, shelf.store, **how), "test-listen"))
        made[-1].start()
        return made[-1]

    yield make
    for child in made:
        child.end(0.0)
        child.close()


def words_of(child: Child[HearJob]) -> list[messages.Word]:
    """All that a process says until it ends."""
    words: list[messages.Word] = []
    try:
        while child.pipe.poll(PATIENCE_S):
            words.append(messages.decode_word(child.pipe.recv_bytes()))
    except EOFError:
        return words
    raise AssertionError("the process did not end")


def test_it_tells_how_far_it_is_rests_and_ends_when_nothing_comes(
    shelf: Shelf, begin: Begin
) -> None:
    shelf.add("a.x")
    shelf.add("b.x", "damaged")
    words = words_of(begin())
    *progress, rested, ended = words
    assert isinstance(rested, messages.Rested)
    assert ended == messages.Ended(looked=0)
    assert progress[-1] == messages.Progressed(1, 2, 1, 1, "", None)


def test_the_time_that_is_left_is_told_once_some_sounds_say_how_long_one_takes(
    shelf: Shelf, begin: Begin
) -> None:
    for name in "abcdefgh":
        shelf.add(f"{name}.x", "gate")
    child, left = begin(), []
    while True:
        word = messages.decode_word(child.pipe.recv_bytes())
        if isinstance(word, messages.Rested):
            break
        assert isinstance(word, messages.Progressed)
        left.append((word.kept, word.left_s))
        if word.current:
            shelf.open_gate(f"{word.current}.x")
    assert {left_s for kept, left_s in left if kept < 3} == {None}
    known = [left_s for kept, left_s in left if kept >= 3]
    assert known[-1] == 0.0
    assert known[0] > 0.0


@pytest.mark.skipif(sys.platform == "win32", reason="ends in its own way there")
def test_without_a_player_it_ends_at_once_and_blames_no_file(shelf: Shelf, begin: Begin) -> None:
    shelf.add("a.x", "gate")
    child = begin()
    Window().run_until(lambda: shelf.given(), PATIENCE_S)
    child.pipe.close()
    assert not child.end(PATIENCE_S)
    with SoundStore(shelf.store) as store:
        assert store.suspects() == set()


def test_a_library_that_cannot_be_read_is_a_trouble_in_words(shelf: Shelf, begin: Begin) -> None:
    shelf.database.write_bytes(b"no database" * 1_000)
    (last,) = words_of(begin())
    assert isinstance(last, messages.Troubled)
    assert "is damaged" in last.text

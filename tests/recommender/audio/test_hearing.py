"""What is known of how songs sound: as vectors by song, kept, extended, and made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.api import CheckpointError
from recommender.audio import hearing as module
from recommender.audio.hearing import BY_HAND, FEWEST, Hearing, by_hand
from recommender.audio.sound import METHOD, Sound
from recommender.audio.store import SoundStore

KINDS = 4


def put(store: SoundStore, song_id: int, kind: int | None = None) -> None:
    """Hear a song whose features are those of its kind, and a little its own."""
    rng = np.random.default_rng(song_id)
    hand = rng.normal(0, 0.3, KINDS).astype(np.float32)
    hand[song_id % KINDS if kind is None else kind] += 3
    store.put(content(song_id), Sound(60.0, 60.0, hand, ()))


def content(song_id: int) -> str:
    return f"sound {song_id}"


def contents(*song_ids: int) -> dict[int, str]:
    return {song_id: content(song_id) for song_id in song_ids}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SoundStore]:
    with SoundStore(tmp_path / "sounds.db") as made:
        for song_id in range(1, 41):
            put(made, song_id)
        yield made


def of(store: SoundStore, names: dict[int, str]) -> Hearing:
    found = by_hand(store, names)
    assert found is not None
    return found


def nearest(hearing: Hearing, song_id: int, n: int) -> list[int]:
    return [int(key) for key in hearing.songs.nearest(song_id, n)[0]]


def test_songs_of_a_kind_are_near_one_another(store: SoundStore) -> None:
    found = of(store, contents(*range(1, 41)))
    assert found.model.name == BY_HAND
    np.testing.assert_allclose(np.linalg.norm(found.songs.matrix, axis=1), 1, atol=1e-5)
    right = [other % KINDS == song % KINDS for song in range(1, 41)
             for other in nearest(found, song, 3)]  # fmt: skip
    assert np.mean(right) > 0.9


def test_songs_are_told_by_what_stays_in_them_where_it_is_known_what_changes(
    tmp_path: Path,
) -> None:
    def right(*, is_known: bool) -> float:
        rng, moods = np.random.default_rng(0), np.repeat([0.1, 1.0], [KINDS, 60])
        with SoundStore(tmp_path / f"{is_known}.db") as store:
            for song_id in range(60):
                hand, apart = (moods * rng.standard_normal((2, len(moods)))).astype(np.float32)
                hand[song_id % KINDS] += 1
                song = Sound(60.0, 60.0, hand, (), apart=apart)
                store.put(content(song_id), song if is_known else replace(song, apart=None))
            store.put(content(60), Sound(1.0, 1.0, hand, ()))
            store.put(content(61), Sound(60.0, 60.0, hand, (), apart=np.zeros_like(hand)))
            found = of(store, contents(*range(62)))
        alike = [nearest(found, song, 1)[0] % KINDS == song % KINDS for song in range(58)]
        return float(np.mean(alike))

    assert right(is_known=True) > 0.8
    assert right(is_known=True) > right(is_known=False) + 0.2


def test_songs_that_were_not_heard_are_left_out(store: SoundStore) -> None:
    store.refuse(content(50), "It is no audio.")
    assert set(of(store, contents(1, *range(3, 20), 50, 60)).songs.keys) == {1, *range(3, 20)}


def test_too_few_sounds_say_nothing(store: SoundStore) -> None:
    assert by_hand(store, contents(*range(1, FEWEST))) is None
    assert by_hand(store, {}) is None
    assert by_hand(store, contents(*range(100, 200))) is None
    assert by_hand(store, contents(*range(1, FEWEST + 1))) is not None


def test_a_large_library_of_which_little_was_heard_yet_is_told_by_that(
    store: SoundStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SAMPLE", 10)
    assert len(of(store, contents(*range(1, 2_000))).songs) == 40


def test_files_with_the_same_sound_have_the_same_vector(store: SoundStore) -> None:
    names = contents(*range(1, 21)) | {100: content(3), 101: content(3)}
    found = of(store, names)
    assert len(found.songs) == 22
    same = found.songs.vectors([3, 100, 101])
    assert (same == same[0]).all()
    assert set(nearest(found, 3, 2)) == {100, 101}


def test_many_sounds_are_read_in_parts_with_the_same_result(
    store: SoundStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = contents(*range(1, 41))
    whole = of(store, names).songs
    monkeypatch.setattr(module, "AT_ONCE", 7)
    parts = of(store, names).songs
    np.testing.assert_allclose(parts.vectors(whole.keys), whole.matrix, atol=1e-6)


def test_songs_heard_later_join_and_the_others_stay_as_they_were(store: SoundStore) -> None:
    first = of(store, contents(*range(1, 21)))
    put(store, 77)
    more = first.extended(store, contents(*range(1, 31), 77, 78))
    assert set(more.songs.keys) == {*range(1, 31), 77}
    assert (more.songs.vectors(first.songs.keys) == first.songs.matrix).all()
    assert {other % KINDS for other in nearest(more, 77, 3)} == {77 % KINDS}
    assert more.extended(store, contents(*range(1, 31), 77, 78)) is more


def test_songs_that_went_away_are_dropped_and_can_return_with_another_sound(
    store: SoundStore,
) -> None:
    found = of(store, contents(*range(1, 41)))
    less = found.without({5, 6, 900})
    assert set(less.songs.keys) == set(range(1, 41)) - {5, 6}
    assert less.without({5}) is less
    back = less.extended(store, contents(6) | {5: content(7)})
    np.testing.assert_allclose(back.songs.vectors([5]), found.songs.vectors([7]), atol=1e-6)
    np.testing.assert_allclose(back.songs.vectors([6]), found.songs.vectors([6]), atol=1e-6)


def test_what_is_saved_is_read_again_and_goes_on(store: SoundStore, tmp_path: Path) -> None:
    found = of(store, contents(*range(1, 31)))
    found.save(tmp_path / "kept")
    read = Hearing.load(tmp_path / "kept")
    assert read.model.name == found.model.name
    assert (read.songs.keys == found.songs.keys).all()
    assert (read.songs.matrix == found.songs.matrix).all()
    names = contents(*range(1, 41))
    np.testing.assert_allclose(
        read.extended(store, names).songs.matrix, found.extended(store, names).songs.matrix,
        atol=1e-6,
    )  # fmt: skip


def test_a_folder_that_holds_none_or_a_damaged_one_is_refused_in_words(
    store: SoundStore, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match="There are no vectors"):
        Hearing.load(tmp_path / "none")
    of(store, contents(*range(1, 31))).save(tmp_path / "kept")
    (tmp_path / "kept" / "model" / "weights.safetensors").write_bytes(b"no")
    with pytest.raises(CheckpointError, match="damaged"):
        Hearing.load(tmp_path / "kept")


def test_what_was_learnt_by_another_method_is_not_gone_on_with(
    store: SoundStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of(store, contents(*range(1, 31))).save(tmp_path / "kept")
    monkeypatch.setattr(module, "METHOD", METHOD + 1)
    with pytest.raises(CheckpointError, match="Train again"):
        Hearing.load(tmp_path / "kept")


def test_what_another_method_heard_is_as_good_as_not_heard(
    store: SoundStore, tmp_path: Path
) -> None:
    found = of(store, contents(*range(1, 31)))
    with SoundStore(tmp_path / "sounds.db", METHOD + 1) as other:
        assert by_hand(other, contents(*range(1, 41))) is None
        assert found.extended(other, contents(*range(1, 41))) is found


def test_nothing_in_the_folder_is_pickled(store: SoundStore, tmp_path: Path) -> None:
    of(store, contents(*range(1, 31))).save(tmp_path)
    names = {path.name for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".db"}
    names = {name for name in names if not name.startswith("sounds.db")}
    assert names == {"weights.safetensors", "config.json"}
    assert json.loads((tmp_path / "config.json").read_text())["kind"] == "hearing"

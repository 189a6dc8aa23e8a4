"""The five verbs, as the player uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recommender.api import (
    CheckpointError,
    EndReason,
    Origin,
    Reaction,
    ReactionKind,
    Retracted,
    Started,
)
from recommender.live import LiveRecommender
from tests.recommender.listening import NOON_S, library, play, plays

HABIT = [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 13, 25, 1, 2, 3]


def listener(songs: int = 120) -> LiveRecommender:
    recommender = LiveRecommender(library(songs))
    for event in plays(HABIT):
        recommender.observe(event)
    return recommender


def ids(recommender: LiveRecommender, n: int = 20) -> list[int]:
    return [row.song_id for row in recommender.recommend(n)]


def place(recommender: LiveRecommender, song_id: int) -> int:
    scores = recommender.scores()
    return int((scores > scores[recommender.index_of(song_id)]).sum())


def reaction(event_id: int, song_id: int, kind: ReactionKind) -> Reaction:
    return Reaction(event_id, song_id, NOON_S + 5_000, kind)


def test_with_no_plays_the_list_is_varied_by_artist_and_says_so() -> None:
    recommender = LiveRecommender(library(120))
    rows = recommender.recommend(12)
    artists = {(row.song_id - 1) % 12 for row in rows}
    assert len(artists) == 12
    assert recommender.note == "No plays yet: chosen from your tags, varied by artist."
    assert all(row.reason for row in rows)


def test_an_empty_library_says_why_there_is_no_list() -> None:
    recommender = LiveRecommender()
    assert recommender.recommend(20) == []
    assert "Add a music folder" in recommender.note


def test_everything_excluded_says_why_there_is_no_list() -> None:
    recommender = LiveRecommender(library(5))
    assert recommender.recommend(20, exclude=frozenset(range(1, 6))) == []
    assert "queue" in recommender.note


def test_the_song_that_always_follows_is_expected_first_among_all() -> None:
    recommender = LiveRecommender(library(120))
    for event in plays([1, 2, 3, 4, 5, 6] * 12):
        recommender.observe(event)
    assert place(recommender, 1) == 0


def test_a_disliked_song_never_comes_back_by_itself() -> None:
    recommender = listener()
    first = ids(recommender)[0]
    recommender.observe(reaction(100, first, ReactionKind.DISLIKE))
    assert first not in ids(recommender, 120)
    recommender.observe(reaction(101, first, ReactionKind.CLEAR))
    assert first in ids(recommender, 120)


def test_a_like_pulls_similar_songs_up_and_a_dislike_pushes_them_down() -> None:
    recommender = listener()
    unheard = 60
    similar = unheard + 24
    before = place(recommender, similar)
    recommender.observe(reaction(100, unheard, ReactionKind.LIKE))
    assert place(recommender, similar) < before
    recommender.observe(reaction(101, unheard, ReactionKind.DISLIKE))
    assert place(recommender, similar) > before


def test_a_like_is_named_as_the_reason() -> None:
    recommender = listener()
    recommender.observe(reaction(100, 60, ReactionKind.LIKE))
    reasons = [row.reason for row in recommender.recommend(20)]
    assert any(reason.startswith("You liked") for reason in reasons)


def test_undo_of_a_reaction_restores_the_very_list() -> None:
    recommender = listener()
    before = recommender.recommend(20)
    recommender.observe(reaction(100, before[0].song_id, ReactionKind.DISLIKE))
    assert recommender.recommend(20) != before
    recommender.observe(Retracted(100))
    assert recommender.recommend(20) == before


def test_taking_back_an_earlier_event_is_as_if_it_had_never_been() -> None:
    taken, never = listener(), listener()
    taken.observe(reaction(100, 60, ReactionKind.DISLIKE))
    for event in plays([9, 10, 11], first_id=200):
        taken.observe(event)
        never.observe(event)
    taken.observe(Retracted(100))
    assert taken.recommend(20) == never.recommend(20)


def test_fifty_events_are_taken_back_one_by_one() -> None:
    recommender = listener()
    before = recommender.recommend(20)
    for number in range(50):
        recommender.observe(play(300 + number, 1 + number % 30, 100 + number))
    for number in reversed(range(50)):
        recommender.observe(Retracted(300 + number))
    assert recommender.recommend(20) == before


def test_an_event_older_than_the_journal_can_be_taken_back() -> None:
    recommender = LiveRecommender(library(120))
    recommender.observe(play(1, 77, 0))
    recommender.observe(reaction(2, 78, ReactionKind.DISLIKE))
    for number in range(80):
        recommender.observe(play(10 + number, 1 + number % 9, 5 + 4 * number))
    recommender.observe(Retracted(1))
    recommender.observe(Retracted(2))
    sentences = [sentence for _, _, sentence in recommender.explain(77).parts]
    assert not any("played it" in sentence for sentence in sentences)
    assert 78 in ids(recommender, 120)


def test_a_song_that_sounds_is_the_context_and_leaves_no_trace() -> None:
    recommender = listener()
    before = recommender.recommend(20)
    recommender.observe(Started(20, NOON_S + 4_100))
    during = recommender.recommend(20)
    assert during != before
    assert 20 not in [row.song_id for row in during]
    recommender.observe(Started(3, NOON_S))
    assert recommender.recommend(20) == before


def test_the_song_that_sounds_is_the_context_even_before_the_first_play() -> None:
    recommender = LiveRecommender(library(120))
    recommender.observe(Started(7, NOON_S))
    recommender.observe(reaction(1, 7, ReactionKind.LIKE))
    rows = recommender.recommend(20)
    assert 7 not in [row.song_id for row in rows]
    liked = library(120)[6]
    alike = [s.song_id for s in library(120) if s.artist == liked.artist or s.genre == liked.genre]
    assert {row.song_id for row in rows[:3]} <= set(alike)


def test_what_follows_a_skip_is_like_the_song_before_it() -> None:
    recommender = LiveRecommender(library(120))
    recommender.observe(play(1, 1, 0))
    recommender.observe(play(2, 5, 1, EndReason.SKIPPED))
    assert place(recommender, 13) < place(recommender, 17)


def test_an_error_and_a_glance_while_browsing_say_nothing() -> None:
    recommender = listener()
    before = recommender.scores().copy()
    recommender.observe(play(100, 40, 70, EndReason.ERROR))
    glance = play(101, 41, 70, EndReason.PICKED_OTHER)
    recommender.observe(type(glance)(101, 41, glance.at_s, 900, EndReason.PICKED_OTHER))
    assert (recommender.scores() == before).all()


def test_a_skipped_prediction_goes_down() -> None:
    recommender = listener()
    skipped = ids(recommender)[0]
    recommender.observe(play(100, skipped, 70, EndReason.SKIPPED, Origin.PREDICTED))
    assert place(recommender, skipped) > 5


def test_the_same_events_give_the_same_list() -> None:
    assert listener().recommend(20) == listener().recommend(20)


def test_explanations_add_up_and_agree_with_the_list() -> None:
    recommender = listener()
    row = recommender.recommend(1)[0]
    told = recommender.explain(row.song_id)
    assert told.summary == row.reason
    assert told.parts[0][0] == row.expert
    assert sum(share for _, share, _ in told.parts) == pytest.approx(1)
    with pytest.raises(KeyError):
        recommender.explain(99_999)


def test_fit_reads_a_history_at_once_and_forgets_what_was_before() -> None:
    recommender = listener()
    recommender.fit(library(120), [*plays([1, 2, 3, 4, 5, 6] * 100), Retracted(600)])
    assert recommender.last_event_id == 599
    assert place(recommender, 6) == 0


def test_a_checkpoint_restores_the_very_list(tmp_path: Path) -> None:
    recommender = listener()
    recommender.observe(reaction(100, 60, ReactionKind.LIKE))
    recommender.observe(reaction(101, 50, ReactionKind.DISLIKE))
    recommender.save(tmp_path / "checkpoint")
    loaded = LiveRecommender.load(tmp_path / "checkpoint")
    assert loaded.recommend(20) == recommender.recommend(20)
    assert loaded.last_event_id == 101
    assert {path.name for path in (tmp_path / "checkpoint").iterdir()} == {
        "weights.safetensors", "config.json", "vocabulary.json"}  # fmt: skip


def test_a_checkpoint_goes_on_learning(tmp_path: Path) -> None:
    recommender = listener()
    recommender.save(tmp_path)
    loaded = LiveRecommender.load(tmp_path)
    for event in plays([9, 10, 11, 12] * 30, first_id=200):
        loaded.observe(event)
    assert place(loaded, 9) == 0


def test_a_checkpoint_of_a_newer_version_is_refused_in_words(tmp_path: Path) -> None:
    listener().save(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "format_version": 99}))
    with pytest.raises(CheckpointError, match="newer version of Segue"):
        LiveRecommender.load(tmp_path)


@pytest.mark.parametrize("name", ["weights.safetensors", "config.json", "vocabulary.json"])
@pytest.mark.parametrize("content", [b"", b"\x00\x01garbage", None])
def test_a_damaged_checkpoint_is_refused_in_words(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    listener().save(tmp_path)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=r"damaged|no complete checkpoint"):
        LiveRecommender.load(tmp_path)


def test_a_scan_changes_the_songs_and_keeps_what_was_learnt() -> None:
    recommender = listener(60)
    recommender.set_catalogue(library(90)[3:])
    shown = ids(recommender, 90)
    assert not {1, 2, 3} & set(shown)
    assert max(shown) > 60
    assert "6 times" not in recommender.explain(4).summary
    recommender.update_songs(library(3))
    assert place(recommender, 4) < 10
    recommender.remove_songs([4])
    assert 4 not in ids(recommender, 90)


def test_events_of_songs_that_are_not_there_are_taken_without_harm() -> None:
    recommender = listener()
    before = ids(recommender)
    recommender.observe(play(100, 5_555, 69))
    recommender.observe(reaction(101, 5_555, ReactionKind.LIKE))
    recommender.observe(Retracted(4_444))
    assert ids(recommender) == before
    assert recommender.last_event_id == 101


def test_a_dislike_of_a_song_that_is_away_holds_when_it_returns() -> None:
    recommender = LiveRecommender(library(40))
    recommender.observe(reaction(1, 50, ReactionKind.DISLIKE))
    recommender.update_songs(library(60))
    assert 50 not in ids(recommender, 60)
    assert 51 in ids(recommender, 60)


def test_an_unknown_undo_does_not_spoil_the_next_one() -> None:
    recommender = listener()
    before = recommender.recommend(20)
    recommender.observe(reaction(100, 60, ReactionKind.LIKE))
    recommender.observe(Retracted(9_999))
    recommender.observe(Retracted(100))
    assert recommender.recommend(20) == before

"""Sequence models in the player: taught by the plays or trained elsewhere, one list for all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from recommender.api import CheckpointError, EndReason, Reaction, ReactionKind, Retracted, Started
from recommender.live.sequence import SequenceRecommender, Sequences
from recommender.models.registry import UnknownModelError
from tests.recommender.listening import NOON_S, library, play, plays
from tests.recommender.live.sequences import Follows, kind_of, made, trained

WALK = [1, 2, 3, 4, 5, 6, 7, 8]
HOUR = 60


def sessions(walks: list[list[int]], first_id: int = 1) -> list:
    """Each walk is a session of its own, two hours after the one before."""
    events = []
    for number, walk in enumerate(walks):
        for place, song in enumerate(walk):
            minute = number * 3 * HOUR + 4 * place
            events.append(play(first_id + len(events), song, minute))
    return events


PAST = sessions([WALK] * 6)
END_MIN = 5 * 3 * HOUR + 4 * 7


def taught(name: str = "follows") -> SequenceRecommender:
    recommender = SequenceRecommender(kind_of(name))
    recommender.fit(library(60), PAST)
    return recommender


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folders with checkpoints of models that were taught once."""

    @cache
    def saved(name: str) -> Path:
        folder = tmp_path_factory.mktemp(name)
        taught(name).save(folder)
        return folder

    return saved


def place(recommender: SequenceRecommender, song_id: int) -> int:
    scores = recommender.scores()
    return int((scores > scores[recommender.index_of(song_id)]).sum())


def ids(recommender: SequenceRecommender, n: int = 20) -> list[int]:
    return [row.song_id for row in recommender.recommend(n)]


def reaction(event_id: int, song_id: int, kind: ReactionKind) -> Reaction:
    return Reaction(event_id, song_id, NOON_S + 60 * END_MIN + 60, kind)


def test_it_is_taught_by_the_plays_and_says_so() -> None:
    recommender = taught()
    recommender.observe(play(100, 3, END_MIN + 4))
    assert place(recommender, 4) == 0
    recommender.recommend(5)
    assert recommender.note == "Follows, taught by your 48 plays."


def test_with_few_plays_the_most_played_lead_and_it_says_so() -> None:
    recommender = SequenceRecommender(Follows)
    recommender.fit(library(60), plays([9, 9, 9, 5, 5]))
    assert place(recommender, 9) == 0
    assert recommender.recommend(5)
    assert recommender.note == "Only a few plays yet: Follows begins to learn at 20."


def test_without_any_play_the_list_is_varied() -> None:
    recommender = SequenceRecommender(Follows, songs=library(60))
    assert len({song % 12 for song in ids(recommender, 12)}) == 12
    assert "No plays yet" in recommender.note


@pytest.mark.parametrize("name", ["follows", "gru", "markov"])
def test_the_next_song_of_a_habit_is_expected_before_it_is_told(name: str) -> None:
    recommender = SequenceRecommender(kind_of(name))
    events = sessions([[*WALK, *[n + 8 for n in WALK]]] * 8)
    recommender.fit(library(60), events[:-16])
    ranks = []
    for number, event in enumerate(events[-16:]):
        if number:
            ranks.append(place(recommender, event.song_id))
        recommender.observe(event)
    assert np.mean(np.array(ranks) < 5) > 0.6


def test_a_session_ends_after_half_an_hour_without_a_play() -> None:
    recommender = taught()
    recommender.observe(Started(20, NOON_S + 60 * (END_MIN + 5 * HOUR)))
    late = recommender.scores().copy()
    fresh = taught()
    fresh.observe(play(100, 3, END_MIN + 4))
    fresh.observe(Started(20, NOON_S + 60 * (END_MIN + 5 * HOUR)))
    assert np.array_equal(late, fresh.scores())


def test_the_song_that_sounds_is_the_context_and_leaves_no_trace(kept) -> None:
    recommender = SequenceRecommender.load(kept("gru"))
    before = recommender.recommend(20)
    recommender.observe(Started(3, NOON_S + 60 * (END_MIN + 2)))
    during = recommender.recommend(20)
    assert during != before
    assert 3 not in [row.song_id for row in during]
    recommender.observe(Started(3, NOON_S))
    assert recommender.recommend(20) == before


@pytest.mark.parametrize("name", ["follows", "gru"])
def test_taking_back_an_earlier_event_is_as_if_it_had_never_been(name: str) -> None:
    taken, never = made(name, 60), made(name, 60)
    for recommender in (taken, never):
        recommender.observe(play(1, 12, 0))
    taken.observe(play(2, 7, 4, EndReason.SKIPPED))
    taken.observe(reaction(3, 12, ReactionKind.LIKE))
    for event in plays([9, 10, 11], first_id=200):
        taken.observe(event)
        never.observe(event)
    taken.observe(Retracted(2))
    taken.observe(Retracted(3))
    assert taken.recommend(20) == never.recommend(20)


@pytest.mark.parametrize("name", ["follows", "gru"])
def test_an_event_older_than_the_journal_is_taken_back_as_well(name: str) -> None:
    taken, never = made(name, 60), made(name, 60)
    first = play(1, 30, 0)
    rest = plays([n % 25 + 1 for n in range(80)], first_id=10)
    taken.observe(first)
    for event in rest:
        taken.observe(event)
        never.observe(event)
    taken.observe(Retracted(1))
    assert np.array_equal(taken.scores(), never.scores())
    assert ids(taken) == ids(never)


def test_a_song_that_the_model_never_met_goes_by_its_artist_then_its_genre() -> None:
    recommender = SequenceRecommender(Follows)
    liked_artist = [1, 13, 25] * 10
    other_artist = [2, 14, 1]
    recommender.fit(library(60), plays(liked_artist + other_artist))
    assert place(recommender, 37) < place(recommender, 4) < place(recommender, 3)


def test_a_model_trained_elsewhere_is_matched_by_artist_and_title() -> None:
    recommender = made("follows", 60, known=40)
    recommender.observe(play(1, 17, 0))
    assert place(recommender, 18) == 0
    assert len(recommender.recommend(20)) == 20
    assert recommender.note == "Follows, trained elsewhere: it knows 40 of your 60 songs."


def test_a_model_that_knows_none_of_the_songs_still_gives_a_list() -> None:
    model = trained("follows", 60, 20)
    recommender = SequenceRecommender(Follows, model, library(60)[30:])
    recommender.observe(play(1, 40, 0))
    assert len(recommender.recommend(10)) == 10
    assert "it knows 0 of your 30 songs" in recommender.note


def test_new_tags_can_make_a_song_known() -> None:
    recommender = made("follows", 60, known=40)
    recommender.set_catalogue(library(60)[:17] + library(60)[20:])
    recommender.observe(play(1, 17, 0))
    assert 18 not in ids(recommender, 60)
    recommender.set_catalogue(library(60))
    assert place(recommender, 18) == 0
    recommender.remove_songs([18])
    assert 18 not in ids(recommender, 60)


def test_a_like_pulls_the_song_and_its_like_up_and_is_named() -> None:
    recommender = taught()
    before = place(recommender, 60), place(recommender, 36)
    recommender.observe(reaction(100, 60, ReactionKind.LIKE))
    assert place(recommender, 60) < before[0]
    assert place(recommender, 36) < before[1]
    reasons = {row.song_id: row.reason for row in recommender.recommend(30)}
    assert reasons[60] == "You liked it"
    assert reasons[36].startswith("You liked")


def test_a_disliked_song_never_comes_back_by_itself() -> None:
    recommender = taught()
    first = ids(recommender)[0]
    recommender.observe(reaction(100, first, ReactionKind.DISLIKE))
    assert first not in ids(recommender, 60)


def test_a_model_that_reads_no_feedback_goes_on_from_the_song_before_a_skip() -> None:
    recommender = made("follows", 60)
    recommender.observe(play(1, 17, 0))
    recommender.observe(play(2, 40, 1, EndReason.SKIPPED))
    assert place(recommender, 18) < 3
    before = library(60)[16].title
    assert recommender.explain(18).summary == f"New to you, fits after {before} – Follows"


def test_a_model_that_reads_feedback_is_told_of_skips_and_likes(kept) -> None:
    heard, skipped, liked = (SequenceRecommender.load(kept("gru")) for _ in range(3))
    heard.observe(play(100, 3, END_MIN + 4))
    skipped.observe(play(100, 3, END_MIN + 4, EndReason.SKIPPED))
    liked.observe(play(100, 3, END_MIN + 4))
    liked.observe(reaction(101, 3, ReactionKind.LIKE))
    models = [each._ranking().model for each in (heard, skipped, liked)]
    assert not np.array_equal(models[0], models[1])
    assert not np.array_equal(models[0], models[2])


def test_reasons_are_true_of_the_history() -> None:
    recommender = taught()
    recommender.observe(play(100, 3, END_MIN + 4))
    rows = {row.song_id: row for row in recommender.recommend(60)}
    title = library(60)[2].title
    assert recommender.explain(4).summary == f"Often follows {title}"
    assert recommender.explain(7).summary.startswith("Heard together with")
    assert rows[30].reason == "New to you, by Artist 5"
    assert {row.expert for row in rows.values()} == {"Follows"}


def test_explanations_add_up_and_agree_with_the_list() -> None:
    recommender = taught()
    recommender.observe(reaction(100, 60, ReactionKind.LIKE))
    row = recommender.recommend(1)[0]
    told = recommender.explain(row.song_id)
    assert told.summary == row.reason
    assert sum(share for _, share, _ in told.parts) == pytest.approx(1)
    with pytest.raises(KeyError):
        recommender.explain(99_999)


def test_a_lesson_is_due_once_enough_is_new() -> None:
    recommender = taught()
    assert recommender.lesson() is None
    for event in sessions([[21, 22, 23, 24]] * 5, first_id=500):
        recommender.observe(event)
    lesson = recommender.lesson()
    assert lesson is not None
    recommender.adopt(lesson, lesson.learn())
    assert recommender.lesson() is None
    recommender.observe(play(900, 21, 40 * HOUR))
    assert place(recommender, 22) == 0
    recommender.recommend(5)
    assert recommender.note == "Follows, taught by your 68 plays."


def test_plays_that_teach_a_net_nothing_are_told_in_words() -> None:
    recommender = SequenceRecommender(kind_of("gru"))
    recommender.fit(library(60), sessions([[n + 1] for n in range(25)]))
    assert len(recommender.recommend(10)) == 10
    assert recommender.note.startswith("GRU could not learn from your plays: ")


@pytest.mark.parametrize("name", ["gru", "transformer", "markov"])
def test_a_checkpoint_restores_the_very_list(name: str, kept, tmp_path: Path) -> None:
    recommender = SequenceRecommender.load(kept(name))
    recommender.observe(play(100, 3, END_MIN + 4))
    recommender.observe(play(101, 5, END_MIN + 8, EndReason.SKIPPED))
    recommender.observe(reaction(102, 3, ReactionKind.LIKE))
    recommender.observe(reaction(103, 50, ReactionKind.DISLIKE))
    recommender.save(tmp_path / "kept")
    loaded = SequenceRecommender.load(tmp_path / "kept")
    assert loaded.recommend(20) == recommender.recommend(20)
    assert loaded.note == recommender.note
    assert loaded.last_event_id == 103
    assert loaded.lesson() is None


def test_a_trained_model_is_served_from_its_folder_and_its_checkpoint_holds_no_copy(
    tmp_path: Path,
) -> None:
    trained("gru", 60, 40).save(tmp_path / "elsewhere")
    choice = Sequences(folder=tmp_path / "elsewhere")
    recommender = choice()
    recommender.fit(library(60), PAST)
    recommender.save(tmp_path / "kept")
    assert not (tmp_path / "kept" / "model").exists()
    assert choice.load(tmp_path / "kept").recommend(20) == recommender.recommend(20)
    trained("gru", 60, 30).save(tmp_path / "elsewhere")
    with pytest.raises(CheckpointError, match="not of gru-"):
        Sequences(folder=tmp_path / "elsewhere").load(tmp_path / "kept")


def test_a_choice_that_cannot_be_had_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match="There is no model 'harp'"):
        Sequences("harp")()
    with pytest.raises(CheckpointError, match="no complete model"):
        Sequences(folder=tmp_path)()


def test_a_checkpoint_of_a_newer_version_is_refused_in_words(kept, tmp_path: Path) -> None:
    shutil.copytree(kept("gru"), tmp_path, dirs_exist_ok=True)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "format_version": 99}))
    with pytest.raises(CheckpointError, match="newer version of Segue"):
        SequenceRecommender.load(tmp_path)


@pytest.mark.parametrize(
    "name", ["weights.safetensors", "config.json", "vocabulary.json", "model/weights.safetensors"]
)
@pytest.mark.parametrize("content", [b"\x00\x01garbage", None])
def test_a_damaged_checkpoint_is_refused_in_words(
    kept, tmp_path: Path, name: str, content: bytes | None
) -> None:
    shutil.copytree(kept("gru"), tmp_path, dirs_exist_ok=True)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=r"damaged|no complete"):
        SequenceRecommender.load(tmp_path)

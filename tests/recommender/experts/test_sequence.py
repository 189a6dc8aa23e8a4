"""The expert of a net over the listener's sessions."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.api import EndReason, Reaction, ReactionKind, Retracted, Started
from recommender.data.arrays import FloatArray
from recommender.data.corpus import Feedback, corpus_of
from recommender.data.pool import Pool
from recommender.data.vocabulary import Vocabulary
from recommender.experts.base import moment_of
from recommender.experts.sequence import LONGEST_SESSION, Sequence
from recommender.experts.trained import Trained
from recommender.live import LiveRecommender
from recommender.models.base import SequenceModel
from recommender.models.gru import GRU
from recommender.training.settings import TrainSettings
from tests.recommender.listening import NOON_S, heard, library, play, plays
from tests.recommender.live.sequences import Follows

KNOWN = 20


def counted() -> SequenceModel[int]:
    """Knows the first songs of the library, each followed by the next one."""
    model = Follows()
    vocabulary = Vocabulary([str(song.song_id) for song in library(60)[:KNOWN]])
    model.fit(corpus_of([list(range(KNOWN))] * 3, vocabulary))
    return model


@pytest.fixture(scope="module")
def net() -> SequenceModel[object]:
    model = GRU(GRU.Options(dim=8, hidden=8, feedback=True))
    vocabulary = Vocabulary([str(song.song_id) for song in library(60)[:KNOWN]])
    lists = corpus_of([list(range(KNOWN))] * 3, vocabulary)
    model.fit(lists, None, TrainSettings(epochs=1, device="cpu"))
    return model


def columns(expert: Sequence, song: int | None = None) -> FloatArray:
    history = expert.history
    now_s = float(history.at_s[history.size - 1])
    out = np.zeros((2, len(expert.catalogue)), np.float32)
    expert.fill(moment_of(history, song, now_s), Pool.whole(len(expert.catalogue)), out)
    return out


def expert_after(songs: list[int], model: SequenceModel[object] | None) -> Sequence:
    expert = heard(songs).board.expert(Sequence)
    assert isinstance(expert, Sequence)
    expert.adopt(Trained("1", sequence=model))
    return expert


def test_without_a_net_it_proposes_nothing_and_says_nothing() -> None:
    expert = expert_after([1, 2, 3], None)
    assert not columns(expert).any()
    assert not len(expert.propose(moment_of(expert.history, None, NOON_S)))


def test_what_the_net_expects_leads_and_is_proposed_first() -> None:
    expert = expert_after([1, 2, 3], counted())
    values = columns(expert)
    assert values[0].argmax() == 4
    assert values[1, 4] == 1.0
    assert expert.propose(moment_of(expert.history, None, NOON_S))[0] == 4


def test_a_song_that_sounds_now_is_read_too() -> None:
    assert columns(expert_after([1, 2, 3], counted()), song=8)[0].argmax() == 9


def test_songs_outside_its_vocabulary_have_no_score() -> None:
    assert not columns(expert_after([1, 2], counted()))[:, KNOWN:].any()


def test_a_session_that_is_over_is_not_read_on() -> None:
    expert = expert_after([1, 2, 3], counted())
    later = moment_of(expert.history, None, NOON_S + 90_000)
    out = np.zeros((2, 60), np.float32)
    expert.fill(later, Pool.whole(60), out)
    assert out[0, :KNOWN].std() < 0.05


def test_reading_on_equals_reading_anew(net: SequenceModel[object]) -> None:
    songs = [1, 2, 3, 30, 5, 5, 7]
    one = expert_after(songs[:3], net)
    columns(one)
    columns(one, song=9)
    whole = expert_after(songs, net)
    one.history, one._read = whole.history, one._read
    np.testing.assert_array_equal(columns(one), columns(whole))


def test_a_very_long_session_is_read_from_its_later_part(net: SequenceModel[object]) -> None:
    expert = expert_after([turn % 15 for turn in range(LONGEST_SESSION + 5)], net)
    columns(expert)
    assert len(expert._read) == 5


@pytest.mark.parametrize("adopt_first", [True, False])
def test_an_undo_is_exact_across_an_adoption(net: SequenceModel[object], adopt_first: bool) -> None:
    model = LiveRecommender(library(60))
    for event in plays([1, 2, 3, 4, 5, 6]):
        model.observe(event)
    if adopt_first:
        model.adopt(Trained("1", sequence=net))
        before = model.scores()
    model.observe(play(7, 9, 28, EndReason.SKIPPED))
    model.observe(play(8, 12, 32))
    model.scores()
    if not adopt_first:
        model.adopt(Trained("1", sequence=net))
        other = LiveRecommender(library(60))
        for event in plays([1, 2, 3, 4, 5, 6]):
            other.observe(event)
        other.adopt(Trained("1", sequence=net))
        before = other.scores()
    model.observe(Retracted(8))
    model.observe(Retracted(7))
    np.testing.assert_array_equal(model.scores(), before)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (ReactionKind.MORE, Feedback.LIKED),
        (ReactionKind.LESS, Feedback.SKIPPED),
        (ReactionKind.NOT_NOW, Feedback.SKIPPED),
        (ReactionKind.LIKE, Feedback.LIKED),
    ],
)
def test_what_is_said_of_a_song_of_the_session_is_read_and_undone_exactly(
    net: SequenceModel[object], kind: ReactionKind, said: Feedback
) -> None:
    model = LiveRecommender(library(60))
    for event in plays([1, 2, 3, 4, 5, 6]):
        model.observe(event)
    model.adopt(Trained("1", sequence=net))
    expert = next(each for each in model._state.ranker.board.experts if each.name == "sequence")
    assert isinstance(expert, Sequence)
    before = model.scores()
    read = list(expert._read)
    model.observe(Reaction(100, 5, NOON_S + 24 * 60, kind))
    after = model.scores()
    assert expert._read == [*read[:4], (read[4][0], said), *read[5:]]
    assert not np.array_equal(after, before)
    model.observe(Retracted(100))
    np.testing.assert_array_equal(model.scores(), before)
    assert expert._read == read


def test_a_net_that_reads_no_feedback_is_not_told_of_a_song_that_was_turned_down() -> None:
    model = LiveRecommender(library(60))
    for event in plays([1, 2, 3]):
        model.observe(event)
    model.adopt(Trained("1", sequence=counted()))
    model.observe(play(4, 9, 16, EndReason.SKIPPED))
    model.observe(Reaction(100, 3, NOON_S + 24 * 60, ReactionKind.LESS))
    expert = next(each for each in model._state.ranker.board.experts if each.name == "sequence")
    assert isinstance(expert, Sequence)
    model.scores()
    assert [code for code, _ in expert._read] == [0, 1]


def test_its_reason_names_the_song_it_follows() -> None:
    model = LiveRecommender(library(60), without=[])
    for event in plays([1, 2, 3]):
        model.observe(event)
    model.adopt(Trained("1", sequence=counted()))
    model.observe(Started(4, NOON_S + 12 * 60))
    sentences = {expert: words for expert, _, words in model.explain(5).parts}
    assert sentences["sequence"].startswith("Your sessions often go this way from")

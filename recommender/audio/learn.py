"""Learning how songs sound to their listener: the best that the songs and plays at hand allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from recommender.api import Song
from recommender.audio.gather import gathered
from recommender.audio.hearing import ByHand, Hearing, by_hand, vectors_of
from recommender.audio.net_options import Kind, NetSettings, NetShape
from recommender.audio.net_steps import SONGS_AT_ONCE, HeardNet
from recommender.audio.ridge import ridge
from recommender.audio.sound import Mel
from recommender.audio.store import SoundStore
from recommender.audio.targets import directions, joined
from recommender.audio.training_set import TrainingSet
from recommender.data.arrays import FloatArray
from recommender.vectors.song_vectors import SongVectors

if TYPE_CHECKING:
    from recommender.audio.train_net import Fitted

Way = Literal["mean", "ridge", "seed", "sound"]
WAYS: tuple[Way, ...] = ("mean", "ridge", "seed", "sound")

NEEDED = 150
"""Songs with plays under which a network learns less than hand-made features know."""

TRIAL_S = 900.0
TRAINING = 0.8
"""The share of the work that is training; the rest is hearing the library with what was learnt."""

NOT_TRIED = float("nan")

Tell = Callable[[float], None]
"""Is told the share that is done; may raise to end the work, or wait to hold it up."""


@dataclass(frozen=True, slots=True)
class SoundChoices:
    """Which network is trained, where, for at most `most_s` seconds, and how many songs with plays
    it takes at the least; the same `seed` gives the same network. An `effort` below 1 is the share
    of what it would read, to learn less in less time."""

    kind: Kind = "sound"
    device: str = "cpu"
    seed: int = 0
    most_s: float = 120.0
    fewest: int = NEEDED
    effort: float = 1.0


@dataclass(frozen=True, slots=True)
class Learnt:
    """How songs sound, and how well that tells where listening puts the songs of artists that were
    left out: the mean cosine of one answer for all, of ridge regression and of the network, NaN
    for what was not tried."""

    hearing: Hearing
    mean: float = NOT_TRIED
    ridge: float = NOT_TRIED
    net: float = NOT_TRIED


def untold(share: float) -> None:
    """Tells nobody."""


def learn_sound(
    store: SoundStore,
    contents: Mapping[int, str],
    songs: Sequence[Song],
    targets: Sequence[SongVectors],
    choices: SoundChoices | None = None,
    tell: Tell = untold,
) -> Hearing | None:
    """How the songs sound, None where too few were heard.

    By a network where it foretells what listening says of artists it was not taught better than
    ridge regression, else by hand-made features; its model's name says which, and why. `contents`
    names each song id's sound, `targets` are vectors by song id. Raises TrainingError in words.
    """
    learnt = learn(store, contents, songs, targets, choices, tell)
    return None if learnt is None else learnt.hearing


def learn(
    store: SoundStore,
    contents: Mapping[int, str],
    songs: Sequence[Song],
    targets: Sequence[SongVectors],
    choices: SoundChoices | None = None,
    tell: Tell = untold,
) -> Learnt | None:
    """`learn_sound` with its figures. The network that was judged is the one that is kept."""
    own = choices or SoundChoices()
    plain = by_hand(store, contents)
    if plain is None:
        return None
    heard = {int(song_id): contents[int(song_id)] for song_id in plain.songs.keys}
    wanted = joined(targets, list(heard))
    played = int((np.abs(wanted).max(1, initial=0.0) > 0).sum())
    if played < own.fewest:
        songs_with = f"{played} song{'' if played == 1 else 's'} with plays"
        return Learnt(_noted(plain, f"{songs_with}, the network needs {own.fewest}"))
    train = gathered(store, heard, songs, wanted, own.seed)
    if len(np.unique(train.groups[train.known])) < 2:
        return Learnt(_noted(plain, "all songs with plays are by one artist"))
    fitted = _fit(train, own, lambda share: tell(TRAINING * share))
    figures = Learnt(plain, fitted.mean_cosine, fitted.ridge_cosine, fitted.cosine)
    if not fitted.cosine > fitted.ridge_cosine:
        why = f"a network that learnt from {played:,} songs with plays knew no better"
        return replace(figures, hearing=_noted(plain, why))
    model = HeardNet(f"a network that learnt from {played:,} songs you play", fitted.steps,
                     _hand(plain))  # fmt: skip
    reader = _OnDevice(model, fitted, len(heard), tell)
    return replace(figures, hearing=Hearing(SongVectors(*vectors_of(reader, store, heard)), model))


def predict_targets(
    kind: Way,
    train: TrainingSet,
    test: TrainingSet,
    seed: int = 0,
    device: str = "cpu",
    most_s: float = TRIAL_S,
    tell: Tell = untold,
    effort: float = 1.0,
) -> FloatArray:
    """What the sounds of `test` tell of the directions of their targets, (songs, dim), by what
    `train` teaches.

    `mean` is the same for all songs, `ridge` is linear in hand-made features, `seed` and `sound`
    are networks, the second with hand-made features beside the spectrogram. Raises TrainingError.
    """
    if kind in ("seed", "sound"):
        from recommender.audio.net_windows import heard_of

        fitted = _fit(train, SoundChoices(kind, device, seed, most_s, effort=effort), tell)
        return fitted.steps.song(heard_of(fitted.net, test).numpy(), test.hands)
    known = np.flatnonzero(train.known)
    wanted = directions(train.targets[known])
    if kind == "mean":
        return np.repeat(wanted.mean(0, keepdims=True), len(test), axis=0)
    return ridge(train.hands[known], wanted, train.groups[known])[0].predict(test.hands)


@dataclass(frozen=True, slots=True)
class _OnDevice:
    """A network as it hears a whole library: with torch, where it was trained."""

    model: HeardNet
    fitted: Fitted
    songs: int
    tell: Tell
    done: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.model.name

    def vectors(self, store: SoundStore, contents: Sequence[str]) -> tuple[list[str], FloatArray]:
        return self.model.vectors_by(self._read, store, contents)

    def save(self, folder: Path) -> None:
        self.model.save(folder)

    def _read(self, windows: Mel) -> FloatArray:
        from recommender.audio.net_windows import kept_of

        self.done.append(SONGS_AT_ONCE)
        self.tell(min(1.0, TRAINING + (1 - TRAINING) * sum(self.done) / self.songs))
        kept: FloatArray = kept_of(self.fitted.net, windows).numpy()
        return kept


def _fit(train: TrainingSet, own: SoundChoices, tell: Tell) -> Fitted:
    from recommender.audio.train_net import fit_net

    sizes = (train.hands.shape[1], train.targets.shape[1], train.tags.shape[1])
    shape = NetShape(own.kind, *sizes)
    settings = NetSettings(seed=own.seed, device=own.device, most_s=own.most_s)
    settings = replace(settings, most_windows=round(own.effort * settings.most_windows))
    return fit_net(train, shape, settings, tell)


def _noted(hearing: Hearing, why: str) -> Hearing:
    return replace(hearing, model=replace(_hand(hearing), note=why))


def _hand(hearing: Hearing) -> ByHand:
    assert isinstance(hearing.model, ByHand)
    return hearing.model

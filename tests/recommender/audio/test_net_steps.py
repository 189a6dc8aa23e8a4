"""A network read without torch gives what it gives with torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from recommender.api import CheckpointError
from recommender.audio.hand_space import HandSpace
from recommender.audio.hearing import ByHand, Hearing
from recommender.audio.net_options import KINDS, Kind, NetSettings, NetShape
from recommender.audio.net_steps import HeardNet, windows_of
from recommender.audio.net_windows import heard_of, kept_of
from recommender.audio.sound import MELS, WINDOW, Piece
from recommender.audio.store import SoundStore
from recommender.audio.train_net import Fitted, fit_net
from recommender.audio.training_set import TrainingSet
from recommender.vectors.song_vectors import SongVectors
from tests.recommender.audio.sounds import causes, places, sounds

SONGS, ARTISTS = 48, 16


def songs() -> TrainingSet:
    made, by = causes(SONGS, ARTISTS)
    tags = (made[:, :2] > 0).astype(np.float32)
    return TrainingSet.of(sounds(made), places(made), by, tags)


@pytest.fixture(scope="module", params=KINDS)
def fitted(request: pytest.FixtureRequest) -> Fitted:
    kind: Kind = request.param
    train = songs()
    shape = NetShape(kind, train.hands.shape[1], train.targets.shape[1], 2)
    return fit_net(train, shape, NetSettings(most_windows=1500), lambda share: None)


def test_windows_and_songs_are_read_the_same(fitted: Fitted) -> None:
    train = songs()
    windows = train.stretches[:, 7 : 7 + WINDOW]
    slow = kept_of(fitted.net, windows).numpy()
    np.testing.assert_allclose(fitted.steps.windows(windows), slow, atol=1e-4)
    heard = heard_of(fitted.net, train)
    with torch.no_grad():
        held = fitted.steps.arrays
        if fitted.net.shape.kind == "seed":
            wanted = heard.numpy()
        else:
            rows = np.clip((train.hands - held["hand_mean"]) / held["hand_spread"], -4, 4)
            added = fitted.net.song(heard, torch.from_numpy(rows)).numpy()
            wanted = fitted.steps.ridge.predict(train.hands) + held["scale"] * added
    answers = fitted.steps.song(heard.numpy(), train.hands)
    one = answers / np.linalg.norm(answers, axis=1, keepdims=True)
    other = wanted / np.linalg.norm(wanted, axis=1, keepdims=True)
    np.testing.assert_allclose(one, other, atol=1e-4)


def test_a_kept_network_is_read_without_torch(fitted: Fitted, tmp_path: Path) -> None:
    train = songs()
    with SoundStore(tmp_path / "sounds.db") as store:
        for number, each in enumerate(sounds(causes(SONGS, ARTISTS)[0])):
            store.put(str(number), each)
        model = HeardNet("a network", fitted.steps, ByHand(HandSpace.fit(train.hands)))
        found, rows = model.vectors(store, [str(number) for number in range(SONGS)])
    Hearing(SongVectors([int(each) for each in found], rows), model).save(tmp_path / "hearing")
    np.save(tmp_path / "rows.npy", rows)
    code = (
        "import sys; from pathlib import Path; import numpy as np\n"
        "from recommender.audio.hearing import Hearing\n"
        "from recommender.audio.store import SoundStore\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "hearing = Hearing.load(folder / 'hearing')\n"
        "with SoundStore(folder / 'sounds.db') as store:\n"
        f"    _, rows = hearing.model.vectors(store, [str(n) for n in range({SONGS})])\n"
        "assert np.abs(rows - np.load(folder / 'rows.npy')).max() < 1e-6\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=100)


def test_a_damaged_network_is_refused_in_words(fitted: Fitted, tmp_path: Path) -> None:
    model = HeardNet("a network", fitted.steps, ByHand(HandSpace.fit(songs().hands)))
    model.save(tmp_path)
    (tmp_path / "weights.safetensors").write_bytes(b"nothing")
    with pytest.raises(CheckpointError, match="damaged"):
        HeardNet.load(tmp_path)


def test_a_long_mix_is_heard_in_a_few_windows_from_all_over_it() -> None:
    times = np.repeat(np.arange(250, dtype=np.uint8), 200)
    mel = np.repeat(times[:, None], MELS, axis=1)
    windows = windows_of([Piece(0.0, mel)])
    assert windows.shape == (32, WINDOW, MELS)
    assert windows[0, 0, 0] == 0
    assert windows[-1, -1, 0] == 249


def test_a_piece_shorter_than_a_window_is_heard_over_and_over() -> None:
    mel = np.arange(20, dtype=np.uint8)[:, None].repeat(MELS, axis=1)
    windows = windows_of([Piece(0.0, mel)])
    assert windows.shape == (1, WINDOW, MELS)
    assert windows[0, :, 0].tolist() == (list(range(20)) * 4)[:WINDOW]
    assert len(windows_of([Piece(0.0, mel[:0])])) == 0

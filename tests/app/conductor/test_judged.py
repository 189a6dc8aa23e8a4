"""What was shown and played, exported, and judged from the command line."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

import pytest

from app.autoplay.prediction import PredictedList, Prediction
from app.listening import exchange
from app.listening.records import to_ms
from recommender.__main__ import THREADS, main
from tests.app.conductor.conftest import MINUTE_MS, Studio

LIBRARY, PLAYS, ROWS = 40, 40, 10
FINISHED, SKIPPED = 1.0, -0.5


def show(studio: Studio, chance: random.Random) -> None:
    """A list comes and is seen, and a moment passes."""
    studio.settle()
    songs = chance.sample(range(1, LIBRARY + 1), ROWS)
    rows = tuple(
        Prediction(song, -float(place), "Because.", "markov", 2.0 ** -(1 + place))
        for place, song in enumerate(songs)
    )
    studio.autoplay.list_changed.emit(PredictedList(rows, model_version="live-9"))
    studio.conductor.list_shown()
    at = to_ms(datetime.now(UTC))
    studio.until(lambda: to_ms(datetime.now(UTC)) > at)


def listen(studio: Studio) -> list[tuple[int, float]]:
    """A person plays songs from shown lists: the row of each, and what came of it.

    In turn a song ends and the player goes on by itself, a song is skipped, another row is clicked.
    """
    conductor, chance = studio.conductor, random.Random(0)
    show(studio, chance)
    conductor.toggle_play()
    rows, worth = [0], []
    for turn in range(PLAYS):
        show(studio, chance)
        row = 0
        if turn % 3 == 0:
            conductor.seek(MINUTE_MS - 200)
        else:
            studio.listen_ms(2_500)
            if turn % 3 == 1:
                conductor.skip()
            else:
                row = chance.randrange(ROWS - 1)
                conductor.play_predicted(studio.seen.predicted.rows[row].track.track_id)
        worth.append(FINISHED if turn % 3 == 0 else SKIPPED)
        studio.until(lambda so_far=turn: studio.seen.saved_plays > so_far)
        rows.append(row)
    conductor.stop()
    studio.settle()
    return list(zip(rows, worth, strict=False))


def test_forty_songs_from_the_list_are_judged_and_are_told_to_be_too_few(
    studio_of, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in THREADS:
        monkeypatch.setenv(name, "1")
    studio = studio_of(rate=50.0)
    heard = listen(studio)
    file = tmp_path / "mine.segue"
    exchange.export(studio.database, file, datetime.now(UTC))
    assert main(["judge", "--impressions", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    top = [worth for row, worth in heard if row == 0]
    own = found["policies"]["the top row"]
    assert own["choices"] == len(heard) == PLAYS
    assert own["logged"]["value"] == pytest.approx(mean(worth for _, worth in heard))
    assert own["snips"]["value"] == pytest.approx(mean(top))
    assert own["effective"] == pytest.approx(len(top))
    assert found["elsewhere"] == 0
    assert main(["judge", "--impressions", str(file)]) == 0
    said = capsys.readouterr().out
    assert f"count like {len(top)} of this policy's own, too few to say anything" in said
    assert "by itself it always puts on the top row" in said

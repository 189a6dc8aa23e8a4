"""`evaluate-audio`: how well the songs in a folder are told from each other by their sound.

Each song is cut into excerpts that follow each other, and for each excerpt the nearest in the whole
collection should be of the same song. Then songs look for songs by the same artist, from the same
album, of the same genre and from the same top folder. Labels come from the tags, or where there are
none from the folders: artist/album/song. Beside each figure stands what chance would give.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from recommender.audio.collection import (
    Excerpts,
    Labels,
    Speed,
    excerpts_in,
    labels_of,
    listen_in_excerpts,
    seconds_of,
    song_name,
)
from recommender.audio.evaluation import Found, Share, found_by, recall_at_1, spread_excerpts
from recommender.audio.excerpts import MOST_S, Cutting, cutting_for
from recommender.audio.extract import CENTRES
from recommender.audio.hand_space import HandSpace
from recommender.audio.hearing import BY_HAND, SAMPLE, Hearing, SoundModel
from recommender.audio.music_folder import MusicFile, music_in
from recommender.audio.store import SoundStore
from recommender.commands import CommandError
from recommender.commands.words import positive, tell
from recommender.data.arrays import BoolArray, FloatArray

TOLD_EVERY = 25
LENGTHS = 200
"""So many songs tell how long songs are here."""

SEARCHES = {
    "same_album": ("an album", "album", ("version",)),
    "same_artist": ("an artist", "artist", ("version",)),
    "same_artist_other_album": ("an artist", "artist", ("version", "album", "folder")),
    "same_genre_other_artist": ("a genre", "genre", ("version", "artist")),
    "same_top_folder_other_artist": ("a top folder", "top_folder", ("version", "artist")),
}
"""What songs look for: in words, the label, and by which labels candidates are left out."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """Of excerpts (n, dim) and of songs (songs, dim), of length 1, and what made them."""

    name: str
    excerpts: FloatArray
    songs: FloatArray


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    add = parser.add_argument
    add("folder", type=Path, metavar="FOLDER", help="with the music, at any depth")
    add("--model", type=Path, metavar="FOLDER",
        help="what train-audio or the player wrote (hand-made features without)")  # fmt: skip
    add("--whole", action="store_true",
        help=f"all of long songs, not the first {MOST_S / 60:.0f} minutes")  # fmt: skip
    add("--jobs", type=positive, default=os.cpu_count() or 1, metavar="N",
        help="songs heard at a time (one a core)")  # fmt: skip
    add("--store", type=Path, metavar="FILE", help="keeps what was heard for the next time")
    add("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> str:
    """The figures as a table or as JSON; raises CommandError."""
    if not arguments.folder.is_dir():
        raise CommandError(f"{arguments.folder} is no folder. Give a folder with music.")
    files = music_in(arguments.folder)
    if not files:
        raise CommandError(f"There is no music in {arguments.folder}.")
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="segue-excerpts-"))
        store = stack.enter_context(SoundStore(arguments.store or Path(folder) / "sounds.db"))
        model = None if arguments.model is None else Hearing.load(arguments.model).model
        cutting = _cutting(files, arguments.whole)
        speed = _listen(store, files, cutting, arguments.jobs)
        report = _measured(store, files, arguments.folder, cutting, model)
    report |= _speeds(speed, arguments.jobs)
    return json.dumps(report, indent=2, ensure_ascii=False) if arguments.json else table(report)


def _cutting(files: Sequence[MusicFile], whole: bool) -> Cutting:
    """How the songs are cut, by the lengths of some of them."""
    lengths = [seconds_of(file.path) for file in files[:: max(1, len(files) // LENGTHS)]]
    return cutting_for([length for length in lengths if length > 0], whole=whole)


def _listen(
    store: SoundStore, files: Sequence[MusicFile], cutting: Cutting, jobs: int
) -> Speed:  # fmt: skip
    def told(done: int) -> None:
        if done % TOLD_EVERY == 0:
            tell(f"{done} of {len(files)} songs heard")

    import torch

    torch.set_num_threads(1)
    began_s = time.perf_counter()
    heard_s, busy_s = listen_in_excerpts(store, files, cutting, jobs, told)
    return Speed(heard_s, time.perf_counter() - began_s, busy_s)


def _measured(
    store: SoundStore, files: Sequence[MusicFile], folder: Path, cutting: Cutting,
    model: SoundModel | None,
) -> dict[str, Any]:  # fmt: skip
    named = {song_name(file, cutting): file for file in files}
    troubles = store.problems()
    problems = [
        {"file": str(file.path.relative_to(folder)), "problem": troubles[name]}
        for name, file in named.items()
        if name in troubles
    ]
    excerpts = excerpts_in(store, list(named))
    heard = np.unique(excerpts.song)
    if len(heard) < 2:
        why = f" {problems[0]['file']}: {problems[0]['problem']}" if problems else ""
        raise CommandError(
            f"Of the {len(files)} files {len(heard)} could be heard as songs that differ, and two "
            f"are needed: with fewer there is nothing to be told from.{why}"
        )
    songs = [name for number, name in enumerate(named) if number in set(heard.tolist())]
    labels = labels_of([named[name] for name in songs], folder)
    row_of = np.searchsorted(heard, excerpts.song)
    excerpts = Excerpts(excerpts.names, row_of, excerpts.place, excerpts.hands)
    vectors = _vectors(store, songs, excerpts, model)
    return {
        "folder": str(folder),
        "features": vectors.name,
        "songs": len(songs),
        "files": len(files),
        "excerpts": len(excerpts.names),
        "excerpt_s": cutting.excerpt_s,
        **_recalls(vectors, excerpts, labels),
        **_searches(vectors, labels),
        "problems": problems,
    }


def _vectors(
    store: SoundStore, songs: Sequence[str], excerpts: Excerpts, model: SoundModel | None
) -> Vectors:
    """By the model, or by a space that is fitted to the collection without knowing whose the
    excerpts are; songs are measured against songs, as the player does."""
    if model is not None:
        return Vectors(
            model.name, _by_model(model, store, excerpts.names), _by_model(model, store, songs)
        )
    sampled = excerpts.names[:: max(1, len(excerpts.names) // SAMPLE)]
    space = HandSpace.fit(excerpts.hands, within=store.aparts(sampled))
    names, rows = store.hands(songs)
    hands = rows[[names.index(song) for song in songs]]
    measured = HandSpace.fit(hands, within=store.aparts(songs)).vectors(hands)
    return Vectors(BY_HAND, space.vectors(excerpts.hands), measured)


def _by_model(model: SoundModel, store: SoundStore, names: Sequence[str]) -> FloatArray:
    found, rows = model.vectors(store, names)
    row_of = {name: row for row, name in enumerate(found)}
    return rows[[row_of[name] for name in names]]


def _recalls(vectors: Vectors, excerpts: Excerpts, labels: Labels) -> dict[str, Any]:
    song, place = excerpts.song, excerpts.place
    every, hits = recall_at_1(vectors.excerpts, song, place)
    apart, _ = recall_at_1(vectors.excerpts, song, place, left_out=1)
    chosen = spread_excerpts(song, place, CENTRES)
    usual, _ = recall_at_1(vectors.excerpts[chosen], song[chosen], place[chosen])
    report: dict[str, Any] = {}
    for name, share in (("recall_at_1", every), ("recall_at_1_apart", apart),
                        ("recall_at_1_three", usual)):  # fmt: skip
        report[name] = _rounded(share.value)
        report[f"{name}_chance"] = _rounded(share.chance)
        report[f"{name}_queries"] = share.queries
    parts = len(labels.version) - len(set(labels.version))
    report["files_that_are_parts_of_others"] = parts
    report["misses_to_such_parts"] = _misses(vectors.excerpts, excerpts, labels, hits)
    return report


def _misses(vectors: FloatArray, excerpts: Excerpts, labels: Labels, hits: BoolArray) -> int:
    """Excerpts whose nearest is of another file of the same recording: they count as wrong."""
    _, version = np.unique(labels.version, return_inverse=True)
    missed = np.flatnonzero(~hits)
    likeness = vectors[missed] @ vectors.T
    likeness[np.arange(len(missed)), missed] = -np.inf
    nearest = excerpts.song[likeness.argmax(1)] if len(missed) else missed
    own = excerpts.song[missed]
    return int(((version[own] == version[nearest]) & (own != nearest)).sum())


def _searches(vectors: Vectors, labels: Labels) -> dict[str, Any]:
    report: dict[str, Any] = {}
    notes = []
    for name, (words, label, left_out) in SEARCHES.items():
        barred = [getattr(labels, each) for each in left_out]
        found = found_by(vectors.songs, getattr(labels, label), barred)
        report |= _flat(name, found)
        if not found.first.queries:
            others = ", ".join(each.replace("_", " ") for each in left_out)
            notes.append(f"{name}: no two songs share {words} and differ in {others}.")
    return report | {"notes": notes}


def _flat(name: str, found: Found) -> dict[str, Any]:
    return {
        f"{name}_precision_at_1": _rounded(found.first.value),
        f"{name}_precision_at_1_chance": _rounded(found.first.chance),
        f"{name}_map": _rounded(found.mean_precision.value),
        f"{name}_map_chance": _rounded(found.mean_precision.chance),
        f"{name}_queries": found.first.queries,
    }


def _speeds(speed: Speed, jobs: int) -> dict[str, Any]:
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    peaks = [resource.getrusage(who).ru_maxrss / unit
             for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]  # fmt: skip
    is_timed = speed.heard_s > 0 and speed.busy_s > 0
    return {
        "heard_s": round(speed.heard_s, 1),
        "times_real_time": round(speed.heard_s / speed.wall_s, 1) if is_timed else None,
        "times_real_time_per_core": round(speed.heard_s / speed.busy_s, 1) if is_timed else None,
        "jobs": jobs,
        "peak_memory_mb": round(max(peaks), 1),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def table(report: dict[str, Any]) -> str:
    """The figures in lines."""
    lines = [
        f"{report['songs']} songs in {report['excerpts']} excerpts of {report['excerpt_s']:.0f} s, "
        f"compared by {report['features']}.",
        "",
        f"{'nearest excerpt is of the same song':<44}{'right':>8}{'chance':>8}{'queries':>9}",
    ]
    for name, words in (
        ("recall_at_1", "among all excerpts"),
        ("recall_at_1_apart", "without those next to it"),
        ("recall_at_1_three", "among three a song, far apart"),
    ):
        share = Share(report[name], report[f"{name}_chance"], report[f"{name}_queries"])
        lines.append(f"  {words:<42}{_cells(share)}")
    if parts := report["files_that_are_parts_of_others"]:
        lines.append(
            f"  ({parts} files are parts or versions of others beside them; "
            f"{report['misses_to_such_parts']} of the misses go there.)"
        )
    lines += ["", f"{'nearest song has the same':<44}{'right':>8}{'chance':>8}{'queries':>9}"]
    for name in SEARCHES:
        words = name.removeprefix("same_").replace("_other_", ", of another ").replace("_", " ")
        first, queries = report[f"{name}_precision_at_1"], report[f"{name}_queries"]
        share = Share(first, report[f"{name}_precision_at_1_chance"], queries)
        lines.append(f"  {words:<42}{_cells(share)}")
        mean = Share(report[f"{name}_map"], report[f"{name}_map_chance"], queries)
        if queries:
            lines.append(f"  {'  mean average precision':<42}{_cells(mean)}")
    return "\n".join([*lines, "", *_ends(report)])


def _cells(share: Share) -> str:
    if share.value is None or share.chance is None:
        return f"{'–':>8}{'–':>8}{0:>9}"
    return f"{share.value:>8.3f}{share.chance:>8.3f}{share.queries:>9,}"


def _ends(report: dict[str, Any]) -> list[str]:
    lines = list(report["notes"])
    if report["times_real_time"] is None:
        lines.append("All was heard before, so no speed was measured.")
    else:
        lines.append(
            f"Heard at {report['times_real_time']:,.0f} times real time, decoding included, "
            f"{report['times_real_time_per_core']:,.0f} a core; "
            f"{report['peak_memory_mb']:,.0f} MB of memory at the most in one process."
        )
    if report["problems"]:
        lines.append("Problems:")
        lines += [f"  {each['file']}: {each['problem']}" for each in report["problems"]]
    return lines

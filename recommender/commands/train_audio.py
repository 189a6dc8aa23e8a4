"""`train-audio`: from a folder of music and listening data to what foretells by sound."""

from __future__ import annotations

import argparse
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from recommender.api import Song
from recommender.audio.learn import Learnt, SoundChoices, learn
from recommender.audio.music_folder import MusicFile, listen, music_in
from recommender.audio.net_options import KINDS
from recommender.audio.store import SoundStore
from recommender.commands import CommandError
from recommender.commands.words import add_format, add_threads, positive, tell, use_threads
from recommender.data.build import open_corpus
from recommender.data.corpus import Corpus
from recommender.data.formats import song_key
from recommender.data.vocabulary import Vocabulary
from recommender.training.settings import DEVICES
from recommender.vectors.song_vectors import SongVectors

FILES = "files.json"
TARGETS = ("wals", "pairs")
FACTORS = 40
FEWEST_MATCHED = 8
MOST_S = 600.0
HEARD_AT_ONCE, STEPS_TOLD = 25, 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    add = parser.add_argument
    add("folder", type=Path, metavar="FOLDER", help="with the music, at any depth")
    add("--data", type=Path, nargs="+", required=True, metavar="FILE", help="who plays what")
    add_format(parser)
    add("--out", type=Path, required=True, metavar="MODEL", help="the folder to write")
    add("--kind", choices=KINDS, default="sound", help="seed is the network of 2013 (sound)")
    add("--targets", default="wals", metavar="NAMES",
        help="models of the data whose vectors are foretold: wals,pairs (wals)")  # fmt: skip
    add("--factors", type=positive, default=FACTORS, help=f"numbers of each ({FACTORS})")
    add("--fewest", type=positive, default=SoundChoices().fewest, metavar="N",
        help="songs with plays under which no network is trained (%(default)s)")  # fmt: skip
    add("--effort", type=_share, default=1.0, metavar="SHARE", help="of a whole training (1)")
    add("--store", type=Path, metavar="FILE", help="keeps what was heard for the next time")
    add("--jobs", type=positive, metavar="N", help="files heard at a time (one a core)")
    add("--device", choices=DEVICES, default="cpu", help="where the network learns")
    add("--seed", type=int, default=0, help="what chance follows from (0)")
    add_threads(parser)


def run(arguments: argparse.Namespace) -> str:
    """What was learnt and from what, as text; raises CommandError."""
    names = _targets(arguments.targets)
    use_threads(arguments.threads)
    files = music_in(arguments.folder)
    if not files:
        raise CommandError(f"There is no music in {arguments.folder}.")
    corpus = open_corpus(arguments.data, arguments.format)
    found = matched(files, corpus.vocabulary)
    _enough(len(found), len(files), arguments)
    tell(f"{len(files):,} files, {len(found):,} of them in the data.")
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="segue-sounds-"))
        store = stack.enter_context(SoundStore(arguments.store or Path(folder) / "sounds.db"))
        listen(store, files, arguments.jobs, tell=_every(HEARD_AT_ONCE, len(files)))
        problems = [file for file in files if file.content in store.problems()]
        contents = {number: file.content for number, file in enumerate(files)}
        targets = [_vectors(name, corpus, found, arguments) for name in names]
        learnt = learn(store, contents, _songs(files), targets, _choices(arguments), _told())
    if learnt is None:
        raise CommandError(
            f"Of the {len(files)} files {len(problems)} cannot be heard, and too few are left."
        )
    learnt.hearing.save(arguments.out)
    listed = {"files": [str(file.path.relative_to(arguments.folder)) for file in files]}
    (arguments.out / FILES).write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
    return report(learnt, len(files), len(found), len(problems), arguments.out)


def matched(files: Sequence[MusicFile], vocabulary: Vocabulary) -> dict[int, int]:
    """The song of the vocabulary that each file is, by the file's number.

    By the artist and title in its tags, or by its name: "Artist - Title", or the song's key. Of
    several files of one song the first is taken.
    """
    code_of: dict[str, int] = {}
    for code, key in enumerate(vocabulary.keys):
        code_of.setdefault(key.casefold(), code)
        named = song_key(vocabulary.artists[code], vocabulary.titles[code])
        if named:
            code_of.setdefault(named, code)
    found: dict[int, int] = {}
    for number, file in enumerate(files):
        codes = (code_of.get(key) for key in _keys(file))
        known = [code for code in codes if code is not None]
        if known:
            found.setdefault(known[0], number)
    return {number: code for code, number in found.items()}


def report(learnt: Learnt, files: int, matched: int, problems: int, out: Path) -> str:
    """What was learnt, in lines."""
    lines = [f"{files:,} files, {matched:,} of them in the data, {problems:,} with problems."]
    if not math.isnan(learnt.ridge):
        lines.append("Mean cosine to where listening puts songs by artists that were left out:")
        for name, value in (
            ("one answer for all", learnt.mean),
            ("ridge, hand-made features", learnt.ridge),
            ("network", learnt.net),
        ):
            lines.append(f"  {name:<26}{'not known' if math.isnan(value) else f'{value:.3f}'}")
    lines.append(f"In use: {learnt.hearing.model.name}. It is in {out}.")
    return "\n".join(lines)


def _keys(file: MusicFile) -> list[str]:
    stem = file.path.stem
    artist, dash, title = stem.partition(" - ")
    tagged = song_key(file.artist, file.title) if file.title else ""
    named = song_key(artist, title) if dash else ""
    return [key for key in (tagged, named, stem.casefold()) if key]


def _targets(text: str) -> list[str]:
    names = list(dict.fromkeys(text.split(",")))
    strange = [name for name in names if name not in TARGETS]
    if strange:
        raise CommandError(f"There are no targets {strange[0]!r}; give {' or '.join(TARGETS)}.")
    return names


def _enough(found: int, files: int, arguments: argparse.Namespace) -> None:
    if found < FEWEST_MATCHED:
        data = ", ".join(map(str, arguments.data))
        raise CommandError(
            f"Only {found} of the {files} files in {arguments.folder} are songs of {data}. Files "
            "are found by the artist and title in their tags, or by names such as "
            '"Artist - Title.mp3"; see that these are the same in both.'
        )


def _vectors(
    name: str, corpus: Corpus, found: Mapping[int, int], arguments: argparse.Namespace
) -> SongVectors:
    """Vectors of the matched files, under their numbers."""
    from recommender.models.factors import FactorChoices, confidences, wals
    from recommender.models.pair_vectors import pair_vectors

    tell(f"Finding where the data puts its {len(corpus.vocabulary):,} songs ({name}).")
    size = min(arguments.factors, len(corpus.vocabulary))
    if name == "wals":
        own = FactorChoices(factors=size)
        matrix = confidences(corpus, own.alpha, own.liked, own.cut)
        threads = arguments.threads or os.cpu_count() or 1
        rows = wals(matrix, size, own.regularisation, own.rounds, arguments.seed, threads)[1]
    else:
        import torch

        with torch.random.fork_rng([]):
            torch.manual_seed(arguments.seed)
            rows = pair_vectors(corpus, size)
    return SongVectors(list(found), rows[np.fromiter(found.values(), np.int64, len(found))])


def _choices(arguments: argparse.Namespace) -> SoundChoices:
    return SoundChoices(
        arguments.kind, arguments.device, arguments.seed, MOST_S, arguments.fewest,
        arguments.effort,
    )  # fmt: skip


def _songs(files: Sequence[MusicFile]) -> list[Song]:
    return [
        Song(number, file.title, file.artist, file.album, file.genre)
        for number, file in enumerate(files)
    ]


def _every(some: int, files: int) -> Callable[[int], None]:
    def heard(count: int) -> None:
        if count % some == 0:
            tell(f"{count:,} of at most {files:,} files heard.")

    return heard


def _told() -> Callable[[float], None]:
    said = [0]

    def learnt(share: float) -> None:
        if int(share * STEPS_TOLD) > said[0]:
            said[0] = int(share * STEPS_TOLD)
            tell(f"{share:.0%} learnt.")

    return learnt


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("an effort is a share above 0, at most 1")
    return value

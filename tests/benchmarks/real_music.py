"""Real music: songs told from each other by sound, on three of Debian's packages of free music."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.table import NotMeasuredError, Row, at_least, at_most

PACKAGES = ("fretsonfire-songs-muldjord", "fretsonfire-songs-sectoid", "wesnoth-1.16-music")
WAIT_S = 300.0
RECALL = 0.95


def rows() -> list[Row]:
    """The shares of excerpts and songs that are told rightly, with chance beside them."""
    with tempfile.TemporaryDirectory(prefix="segue-music-") as folder:
        fetched(Path(folder))
        report = evaluated(Path(folder) / "music")
    count = f"{report['songs']} songs, {report['excerpts']} excerpts of {report['excerpt_s']:.0f} s"

    def how(name: str) -> str:
        return f"{count}; chance {report[f'{name}_chance']}, {report[_asked(name)]} asked"

    artist, package = (f"same_{what}_precision_at_1" for what in ("artist", "top_folder"))
    package = package.replace("folder", "folder_other_artist")
    return [
        at_least("real music, nearest excerpt is of the song", report["recall_at_1"], "", RECALL,
                 how("recall_at_1")),
        Row("real music, the same without neighbours", report["recall_at_1_apart"], "", None, None,
            how("recall_at_1_apart")),
        Row("real music, three excerpts a song, far apart", report["recall_at_1_three"], "", None,
            None, how("recall_at_1_three")),
        _above_chance("real music, nearest song is by the composer", report, artist, 2.0, how),
        _above_chance("real music, nearest is of the package, by another", report, package, 1.3,
                      how),
        at_least("real music, heard and measured, decoding included",
                 report["times_real_time_per_core"], "x real time", 100,
                 "a core, features of each excerpt and again of its moments"),
        at_most("real music, memory", report["peak_memory_mb"], "MB", 600,
                "one process, torch included"),
    ]  # fmt: skip


def _above_chance(name: str, report: dict[str, Any], key: str, times: float, how: Any) -> Row:
    value, chance = report[key], report[f"{key}_chance"]
    return Row(name, value, "", f"{times} x chance", value >= times * chance, how(key))


def _asked(name: str) -> str:
    return f"{name.removesuffix('_precision_at_1')}_queries"


def fetched(folder: Path) -> None:
    """Unpack the packages into `music`, each into a folder of its own; NotMeasuredError if not."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise NotMeasuredError("needs Debian's apt-get and dpkg-deb")
    done = subprocess.run(
        ["apt-get", "download", *PACKAGES], cwd=folder, check=False, timeout=WAIT_S,
        capture_output=True, text=True,
    )  # fmt: skip
    files = sorted(folder.glob("*.deb"))
    if done.returncode or len(files) != len(PACKAGES):
        said = done.stderr.strip().splitlines()
        raise NotMeasuredError(f"the packages with music did not come: {(said or ['?'])[-1]}")
    for file in files:
        out = folder / "music" / file.name.split("_")[0]
        out.mkdir(parents=True)
        subprocess.run(["dpkg-deb", "-x", str(file), str(out)], check=True)


def evaluated(folder: Path) -> dict[str, Any]:
    """What `evaluate-audio` says of a folder."""
    command = [sys.executable, "-m", "recommender", "evaluate-audio", str(folder), "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report

"""The invented artists, albums and titles of the demo music, and how each is made."""

from __future__ import annotations

import re
from dataclasses import dataclass

SEED = 1977
"""Every note of the demo music follows from this number."""


@dataclass(frozen=True, slots=True)
class Album:
    """One record. `suffix` names the file format, `tempo` is a range in beats a minute."""

    artist: str
    title: str
    year: int
    genre: str
    flavour: int
    suffix: str
    tonic: int
    mode: str
    tempo: tuple[int, int]
    hue: float
    titles: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The folder of the album below the library's root."""
        return f"{_file_name(self.artist)}/{_file_name(self.title)} ({self.year})"

    def file_name(self, number: int) -> str:
        """The file name of a track, counted from 1."""
        return f"{number:02d} {_file_name(self.titles[number - 1])}.{self.suffix}"


ALBUMS: tuple[Album, ...] = (
    Album(
        *("Harbour Ghosts", "Tidal Memory", 2011, "Ambient", 0),
        *("flac", 57, "major", (56, 62), 0.54),
        ("Slack Water", "Salt on the Window", "Buoys at Dusk", "The Pier Sleeps", "Lamp Room"),
    ),
    Album(
        *("Harbour Ghosts", "Low Lights, Far Shore", 2016, "Ambient", 0),
        *("opus", 54, "lydian", (54, 60), 0.62),
        ("First Ferry", "Fog Signal", "A Map of Breathing", "Gulls, Then Nothing", "Far Shore"),
    ),
    Album(
        *("Mirela Voss", "Rooms Without Clocks", 2003, "Ambient", 1),
        *("flac", 60, "dorian", (58, 66), 0.76),
        ("Attic Light", "Dust Waltz", "The Third Corridor", "Borrowed Afternoon", "Still Here"),
    ),
    Album(
        *("Pixel Orchard", "Save Point Summer", 2014, "Chiptune", 0),
        *("mp3", 60, "major", (144, 158), 0.33),
        (
            "Press Start to Bloom",
            "Cloud Kingdom Commute",
            "Double Jump Heart",
            "Warp Pipe Picnic",
            "Credits at Sunset",
        ),
    ),
    Album(
        *("Kid Continue", "Insert Coin, Insert Heart", 2009, "Chiptune", 1),
        *("ogg", 57, "minor", (156, 172), 0.91),
        (
            "Nine Lives Left",
            "Boss Rush Lullaby",
            "Glitch in the Garden",
            "Hi-Score Blues",
            "Continue?",
        ),
    ),
    Album(
        *("Nachtlinie 8", "Betonblüte", 1998, "Techno", 1),
        *("opus", 57, "minor", (124, 128), 0.48),
        ("Letzter Halt", "Gleisdreieck 4 Uhr", "Neonregen", "Türsteher im Frühling", "Rückfahrt"),
    ),
    Album(
        *("Ferro & Vale", "Pressure Room", 2019, "Techno", 0),
        *("flac", 55, "phrygian", (130, 136), 0.02),
        ("Iron Filings", "Valve", "Eleven Bar", "Red Gauge", "Release"),
    ),
    Album(
        *("Ferro & Vale", "Night Shift Arithmetic", 2022, "Techno", 0),
        *("opus", 58, "minor", (126, 132), 0.83),
        ("Clocking On", "Carry the One", "Forklift Ballet", "Remainder", "Sodium Sunrise"),
    ),
    Album(
        *("The Alder Branch", "Smoke over the Orchard", 1974, "Folk", 0),
        *("m4a", 55, "major", (96, 108), 0.09),
        (
            "October Gate",
            "The Cider Maker's Girl",
            "Crow on the Plough",
            "Lantern Lane",
            "Homeward, Mostly",
        ),
    ),
    Album(
        *("Wren Calloway", "Letters to the Lighthouse", 2012, "Folk", 1),
        *("flac", 57, "dorian", (104, 120), 0.14),
        (
            "Dear Keeper",
            "Three Stamps and a Shell",
            "Waltz for the Tide Table",
            "Ink and Rope",
            "Yours, the Sea",
        ),
    ),
    Album(
        *("Theo Lindqvist Trio", "Blue Hour Tram", 1961, "Jazz", 0),
        *("m4a", 58, "major", (112, 132), 0.58),
        (
            "Blue Hour Tram",
            "Seven Stops to Ellen",
            "Umbrella Weather",
            "The Conductor Hums",
            "Depot at Two",
        ),
    ),
    Album(
        *("Odessa Marlowe Quartet", "The Unhurried City", 1967, "Jazz", 1),
        *("mp3", 60, "mixolydian", (104, 124), 0.12),
        (
            "Unhurried",
            "Fire Escape Serenade",
            "Coffee for the Night Porter",
            "Maple and Ninth",
            "Last Table",
        ),
    ),
)

TRACK_COUNT = sum(len(album.titles) for album in ALBUMS)


def _file_name(text: str) -> str:
    """The text without what some file system refuses in a name."""
    return re.sub(r'[<>:"/\\|?*]', "", text).strip(" .")

"""The five styles: each module has `compose(song)`, which returns a finished stereo track."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from resources.demo_music.dsp import Sound
from resources.demo_music.song import Song
from resources.demo_music.styles import ambient, chiptune, folk, jazz, techno

COMPOSERS: MappingProxyType[str, Callable[[Song], Sound]] = MappingProxyType(
    {
        "Ambient": ambient.compose,
        "Chiptune": chiptune.compose,
        "Folk": folk.compose,
        "Jazz": jazz.compose,
        "Techno": techno.compose,
    }
)

"""libVLC as it is found on this machine; imported only when an engine needs it."""

from __future__ import annotations

import ctypes
import importlib
import os
import platform
from pathlib import Path
from typing import Any

LIBRARY_VARIABLE = "PYTHON_VLC_LIB_PATH"
LINUX_LIBRARY = "libvlc.so.5"
ARGUMENTS = (
    "--quiet",
    "--ignore-config",
    "--no-video",
    "--no-spu",
    "--no-sub-autodetect-file",
    "--no-metadata-network-access",
    "--no-lua",
    "--no-xlib",
    "--no-audio-time-stretch",
    "--audio-replay-gain-mode=none",
    "--audio-replay-gain-default=0",
)


class NoSoundError(Exception):
    """There is no way to make sound here; the text says how to get it."""


AlsaErrorHandler = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)


_ignore = AlsaErrorHandler(lambda *_details: None)
"""What ALSA would print on each try to open a device; the engine says it in words."""


def open_vlc() -> tuple[Any, Any]:
    """The `vlc` module and an instance of libVLC; raises `NoSoundError`."""
    vlc = _import_vlc()
    _quieten_alsa()
    try:
        instance = vlc.Instance(list(ARGUMENTS))
    except (NameError, OSError, AttributeError):
        instance = None
    if instance is None:
        raise NoSoundError(vlc_not_found())
    return vlc, instance


def _import_vlc() -> Any:
    """The binding; it is told where libVLC is, or it would ask a compiler, which takes long."""
    told = os.environ.get(LIBRARY_VARIABLE)
    try:
        if platform.system() == "Linux" and told is None:
            ctypes.CDLL(LINUX_LIBRARY)
            os.environ[LIBRARY_VARIABLE] = LINUX_LIBRARY
        return importlib.import_module("vlc")
    except (ImportError, OSError, AttributeError, NameError, NotImplementedError, SystemExit):
        raise NoSoundError(vlc_not_found()) from None
    finally:
        if told is None:
            os.environ.pop(LIBRARY_VARIABLE, None)


def _quieten_alsa() -> None:
    if platform.system() != "Linux":
        return
    try:
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_ignore)
    except (OSError, AttributeError):
        return


def vlc_not_found() -> str:
    """How to install VLC here."""
    return f"VLC was not found, so Segue plays without sound. {install_hint()}"


def no_sound_device() -> str:
    """How to go on when nothing can be heard on this machine."""
    return (
        "No sound device was found, so Segue plays without sound. "
        "Connect or switch on speakers or headphones, then play a track."
    )


def install_hint() -> str:
    """The command that installs what is missing, for this kind of machine."""
    system = platform.system()
    if system == "Darwin":
        return "To hear music, run: brew install --cask vlc"
    if system == "Windows":
        return "To hear music, run: winget install VideoLAN.VLC"
    family = linux_family(Path("/etc/os-release"))
    if "debian" in family or "ubuntu" in family:
        return (
            "To hear music, run: sudo apt install --no-install-recommends libvlc5 vlc-plugin-base"
        )
    if "fedora" in family or "rhel" in family:
        return "To hear music, run: sudo dnf install vlc-libs vlc-plugins-base"
    if "arch" in family:
        return "To hear music, run: sudo pacman -S vlc"
    return "To hear music, install VLC with your system's package manager."


def linux_family(os_release: Path) -> set[str]:
    """The names by which a distribution and its parents call themselves."""
    try:
        lines = os_release.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set()
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    names = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}"
    return set(names.replace('"', "").split())


def mrl(location: str) -> str:
    """What libVLC calls a location; a path may hold bytes that are not UTF-8."""
    from urllib.parse import quote

    if "://" in location:
        return location
    path = os.fsencode(os.path.abspath(location))
    if os.name == "nt":
        return Path(os.path.abspath(location)).as_uri()
    return "file://" + quote(path)

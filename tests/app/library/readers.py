"""Readers of tags that misbehave, for workers in tests."""

from __future__ import annotations

import os
import threading

from app.library.tags import FileFacts, read_file


def never(location: str) -> FileFacts:
    raise AssertionError(f"{location} was read again")


def hanging(location: str) -> FileFacts:
    if "hang" in os.path.basename(location):
        threading.Event().wait()
    return read_file(location)


def crashing(location: str) -> FileFacts:
    if "crash" in os.path.basename(location):
        os._exit(3)
    return read_file(location)

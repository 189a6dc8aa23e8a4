"""Features of songs from a table beside the log, such as the challenge's acoustic features."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.data.formats.lines import ReadError, lines, records

NAMES = ("track_id", "track_id_clean")
MOST = 64


def read_features(path: Path, vocabulary: dict[str, int]) -> tuple[FloatArray, int]:
    """Standardised features of shape (songs + 1, features), and how many songs have some.

    Columns that hold anything but numbers are left out; songs that the table does not know get
    zeros, the mean, as does the last row. Raises ReadError.
    """
    header = next(csv.reader(lines(path)), None)
    if header is None:
        raise ReadError(f"{path}: the file is empty.")
    key = next((name for name in NAMES if name in header), None)
    if key is None:
        raise ReadError(f"{path}, line 1: the column {NAMES[0]!r} is missing.")
    others = [name for name in header if name != key]
    places: list[int] = []
    table: list[list[float]] = []
    for _, texts in records(path, [key, *others], ","):
        if texts[0] in vocabulary:
            places.append(vocabulary[texts[0]])
            table.append([_number(text) for text in texts[1:]])
    result = np.zeros((len(vocabulary) + 1, 0), np.float32)
    if not table:
        return result, 0
    values = np.array(table)
    values = values[:, ~np.isnan(values).any(0)][:, :MOST]
    if not values.shape[1]:
        raise ReadError(f"{path}: no column but {key!r} is numbers throughout.")
    result = np.zeros((len(vocabulary) + 1, values.shape[1]), np.float32)
    spread = values.std(0)
    result[places] = (values - values.mean(0)) / np.where(spread > 0, spread, 1.0)
    return result, len(set(places))


def _number(text: str) -> float:
    """The text as a finite number below 1e12, switches as 0 and 1; NaN for anything else."""
    try:
        value = {"true": 1.0, "false": 0.0}.get(text.lower())
        value = float(text) if value is None else value
    except ValueError:
        return np.nan
    return value if abs(value) < 1e12 else np.nan

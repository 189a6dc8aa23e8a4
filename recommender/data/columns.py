"""Arrays that are written piece by piece, and lie on disk when they are large."""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

PART = ".part"
PIECE = 1 << 20
SPILL_BYTES = 1 << 26
"""An array larger than this is kept in a temporary file, which goes away with the array."""


class Column:
    """An array of one number type that grows at its end; `typecode` is that of `array`.

    With `path` it becomes that file. Without, it stays in memory up to SPILL_BYTES.
    """

    def __init__(self, typecode: str, path: Path | None = None) -> None:
        self._buffer = array(typecode)
        self._path = path
        self._file: IO[bytes] | None = None
        if path is not None:
            self._file = Path(f"{path}{PART}").open("w+b")  # noqa: SIM115
        self._limit = PIECE if path is not None else max(1, SPILL_BYTES // self._buffer.itemsize)
        self._written = 0

    def append(self, value: int) -> None:
        """Add one number."""
        self.extend((value,))

    def extend(self, values: Iterable[int] | NDArray[Any]) -> None:
        """Add numbers, bounded in how many at a time by the caller."""
        if isinstance(values, np.ndarray):
            self._buffer.frombytes(values.astype(self._buffer.typecode).tobytes())
        else:
            self._buffer.extend(values)
        if len(self._buffer) >= self._limit:
            self._flush()

    def array(self) -> NDArray[Any]:
        """All numbers, mapped copy-on-write if they lie on disk; the column is finished."""
        kind = self._buffer.typecode
        if self._file is None:
            return np.array(self._buffer, kind)
        self._flush()
        self._file.flush()
        with self._file as file:
            if self._path is None:
                return np.asarray(np.memmap(file, kind, "c"))
        os.replace(f"{self._path}{PART}", self._path)
        if not self._written:
            return np.zeros(0, kind)
        return np.asarray(np.memmap(self._path, kind, "c"))

    def close(self) -> None:
        """Let go of the file when the array is not wanted after all."""
        if self._file is not None:
            self._file.close()
        if self._path is not None:
            Path(f"{self._path}{PART}").unlink(missing_ok=True)

    def _flush(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="segue-lists-")  # noqa: SIM115
        self._buffer.tofile(self._file)
        self._written += len(self._buffer)
        del self._buffer[:]
        self._limit = PIECE

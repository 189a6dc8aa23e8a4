"""Array types, and the one way in which arrays grow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
IndexArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def grown(array: NDArray[Any], size: int, fill: float = 0) -> NDArray[Any]:
    """The array with its last axis lengthened to `size`, new places holding `fill`."""
    missing = size - array.shape[-1]
    if missing <= 0:
        return array
    tail = np.full((*array.shape[:-1], missing), fill, dtype=array.dtype)
    return np.concatenate([array, tail], axis=-1)

"""Where the arithmetic is done, and in which precision."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch

from recommender.training.settings import TrainingError, TrainSettings


@dataclass(frozen=True, slots=True)
class Place:
    """A device and the number type of its matrix products, None for full precision."""

    device: torch.device
    mixed: torch.dtype | None = None

    def autocast(self) -> AbstractContextManager[object]:
        """The context in which the net computes its loss."""
        return torch.autocast(self.device.type, self.mixed, enabled=self.mixed is not None)

    def scaler(self) -> torch.amp.GradScaler:
        """What keeps half-precision gradients from vanishing; it does nothing otherwise."""
        return torch.amp.GradScaler(self.device.type, enabled=self.mixed is torch.float16)


def place_for(settings: TrainSettings) -> Place:
    """The device and precision that the settings ask for; raises TrainingError if absent."""
    device = _device(settings.device)
    if settings.precision == "mixed" and device.type != "cuda":
        raise TrainingError(
            f"Mixed precision needs a CUDA GPU, and this training is on {device.type}. "
            "Leave --precision at auto."
        )
    if device.type != "cuda" or settings.precision == "full":
        return Place(device)
    return Place(device, torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16)


def _device(name: str) -> torch.device:
    has = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(each for each in has if has[each])
    if not has[name]:
        there = ", ".join(each for each in has if has[each])
        raise TrainingError(
            f"There is no {name} device here, or this build of torch cannot use it. Give --device "
            f"auto or one of: {there}."
        )
    if name == "cuda":
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return torch.device(name)

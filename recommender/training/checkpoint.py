"""Checkpoints of a training, from which it goes on as if it had never stopped; never pickle."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from recommender.training.hooks import Hook
from recommender.training.run import Epoch, Run
from recommender.training.settings import TrainingError, TrainSettings

FORMAT_VERSION = 1
FILE = "training.safetensors"
HEADER = "segue"
EVERY_S = 600.0
COUNTERS = ("epoch", "batch", "step", "loss_sum", "seen", "seconds", "epoch_seconds", "enough")
MAY_CHANGE = ("patience", "device", "precision", "epochs")


class Checkpoints(Hook):
    """Writes the training after each epoch, every ten minutes, and when it is interrupted."""

    def __init__(
        self, folder: Path, optimiser: torch.optim.Optimizer, scaler: torch.amp.GradScaler
    ) -> None:
        self._folder = folder
        self._optimiser = optimiser
        self._scaler = scaler
        self._saved_s = time.monotonic()

    def on_start(self, run: Run) -> None:
        """See that the folder can be written to before hours have gone into the training."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe = self._folder / "probe.part"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise _unwritable(self._folder, error) from error

    def on_batch(self, run: Run) -> None:
        """Write it if that was long ago."""
        if time.monotonic() - self._saved_s > EVERY_S:
            self._write(run)

    def on_epoch(self, run: Run) -> None:
        """Write it."""
        self._write(run)

    def on_end(self, run: Run) -> None:
        """Write it if someone stopped the training within an epoch."""
        if run.interrupted:
            self._write(run)

    def _write(self, run: Run) -> None:
        write(self._folder, run, self._optimiser, self._scaler)
        self._saved_s = time.monotonic()


def write(
    folder: Path,
    run: Run,
    optimiser: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
) -> None:
    """Write everything that the training needs to go on, put in place at once."""
    tensors: dict[str, Tensor] = {}
    tensors |= {f"net.{name}": part for name, part in run.net.state_dict().items()}
    tensors |= {f"best.{name}": part for name, part in run.best.items()}
    for number, kept in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{number}.{name}": part for name, part in kept.items()}
    header = {
        "format_version": FORMAT_VERSION,
        "settings": asdict(run.settings),
        "lists": [run.batches, run.targets],
        "counters": {name: getattr(run, name) for name in COUNTERS},
        "history": [asdict(epoch) for epoch in run.history],
        "scaler": scaler.state_dict(),
    }
    partial = folder / (FILE + ".part")
    try:
        # Tied tables share memory under two names, which safetensors refuses.
        parts = {name: part.detach().cpu().clone() for name, part in tensors.items()}
        save_file(parts, partial, {HEADER: json.dumps(header)})
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(partial, folder / FILE)
    except (OSError, SafetensorError) as error:
        partial.unlink(missing_ok=True)
        raise _unwritable(folder, error) from error


def resume(
    folder: Path,
    run: Run,
    optimiser: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
) -> None:
    """Put a training back where `write` left it; raises TrainingError in words."""
    header, tensors = _read(folder)
    _same_training(folder, header, run)
    try:
        run.net.load_state_dict(_under("net.", tensors))
        device = next(run.net.parameters()).device
        run.best = {name: part.to(device) for name, part in _under("best.", tensors).items()}
        state: dict[int, dict[str, Tensor]] = {}
        for name, part in _under("optimiser.", tensors).items():
            number, _, key = name.partition(".")
            state.setdefault(int(number), {})[key] = part
        groups = optimiser.state_dict()["param_groups"]
        optimiser.load_state_dict({"state": state, "param_groups": groups})
        if header["scaler"]:
            scaler.load_state_dict(header["scaler"])
        for name in COUNTERS:
            setattr(run, name, header["counters"][name])
        run.history = [_epoch(each) for each in header["history"]]
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            f"The training in {folder} is of another model or other options "
            f"({str(error).splitlines()[0]}). Give the options it was begun with, or leave "
            "--resume out to begin again."
        ) from error


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    try:
        with safe_open(folder / FILE, "pt") as file:
            header = json.loads((file.metadata() or {})[HEADER])
            version = int(header["format_version"])
            if version > FORMAT_VERSION:
                raise TrainingError(
                    f"The training in {folder} was written by a newer version of Segue (format "
                    f"{version}, this one reads up to {FORMAT_VERSION}). Update Segue, or leave "
                    "--resume out to begin again."
                )
            return header, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise TrainingError(
            f"There is no training to go on with in {folder}. Leave --resume out to begin one."
        ) from error
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise TrainingError(
            f"The training in {folder} is damaged ({error}). Leave --resume out to begin again."
        ) from error


def _same_training(folder: Path, header: dict[str, Any], run: Run) -> None:
    """A training goes on only with what decides its curve."""
    begun = replace(run.settings, **header["settings"])
    for name in TrainSettings.__dataclass_fields__:
        was, now = getattr(begun, name), getattr(run.settings, name)
        if was != now and name not in MAY_CHANGE:
            raise TrainingError(
                f"The training in {folder} was begun with {name} {was}, not {now}. Give "
                f"{name} {was}, or leave --resume out to begin again."
            )
    if header["lists"] != [run.batches, run.targets]:
        raise TrainingError(
            f"The training in {folder} was begun with other lists. Give the same --data, or leave "
            "--resume out to begin again."
        )


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): part for name, part in tensors.items() if name.startswith(prefix)
    }


def _epoch(values: dict[str, Any]) -> Epoch:
    accuracy = {int(k): share for k, share in values["accuracy"].items()}
    return Epoch(**{**values, "accuracy": accuracy})


def _unwritable(folder: Path, error: Exception) -> TrainingError:
    return TrainingError(
        f"The training cannot be kept in {folder} ({error}). See that there is space and that you "
        "may write there, or choose another folder with --out."
    )

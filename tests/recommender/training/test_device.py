from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from recommender.training.device import place_for
from recommender.training.settings import TrainingError
from tests.recommender.training.rings import SETTINGS

GPU = torch.cuda.is_available() or torch.backends.mps.is_available()


@pytest.mark.skipif(GPU, reason="there is a GPU")
def test_auto_takes_what_there_is() -> None:
    assert place_for(replace(SETTINGS, device="auto")).device == torch.device("cpu")


@pytest.mark.skipif(GPU, reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_named_with_those_that_are(device: str) -> None:
    with pytest.raises(TrainingError, match=f"no {device} device here.*one of: cpu"):
        place_for(replace(SETTINGS, device=device))


def test_mixed_precision_needs_a_gpu() -> None:
    with pytest.raises(TrainingError, match="Mixed precision needs a CUDA GPU"):
        place_for(replace(SETTINGS, device="cpu", precision="mixed"))


def test_the_processor_computes_in_full_precision() -> None:
    place = place_for(SETTINGS)
    assert place.mixed is None
    assert not place.scaler().is_enabled()
    with place.autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU")
def test_auto_is_mixed_on_a_gpu() -> None:
    place = place_for(replace(SETTINGS, device="cuda"))
    assert place.mixed in (torch.bfloat16, torch.float16)

from __future__ import annotations

import json
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from recommender.models.base import FitContext
from recommender.training.checkpoint import FILE, FORMAT_VERSION, HEADER
from recommender.training.hooks import Hook, StopOnSignal
from recommender.training.loop import StoppedError, train
from recommender.training.run import Run
from recommender.training.settings import TrainingError, TrainSettings
from tests.recommender.training.rings import OPTIONS, SETTINGS, Watch, ring, small_net

SAMPLED = replace(OPTIONS, softmax="sampled", negatives=5)


def fit(
    folder: Path | None,
    settings: TrainSettings = SETTINGS,
    *,
    watch: Watch | None = None,
    resume: bool = False,
    lists: int = 40,
    options=SAMPLED,
) -> tuple[list[tuple[float, float]], dict[str, torch.Tensor]]:
    watch = watch or Watch()
    net = small_net(options)
    context = FitContext([watch], folder, resume)
    train(net, ring(lists), ring(seed=1), settings, context)
    return watch.losses, net.state_dict()


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A training that was stopped in its second epoch."""
    with pytest.raises(StoppedError, match=r"epoch 2 of 3, after batch 2 of 5.*--resume"):
        fit(tmp_path, watch=Watch(interrupt_at=(1, 2)))
    return tmp_path


@pytest.mark.parametrize("stop", [(0, 1), (0, 5), (1, 2), (2, 5)])
@pytest.mark.parametrize("patience", [0, 2])
def test_a_resumed_training_gives_the_very_same_curve(
    tmp_path: Path, stop: tuple[int, int], patience: int
) -> None:
    settings = replace(SETTINGS, patience=patience, weight_decay=0.01)
    curve, weights = fit(None, settings)
    with pytest.raises(StoppedError):
        fit(tmp_path, settings, watch=Watch(interrupt_at=stop))
    torch.rand(9)
    resumed, after = fit(tmp_path, settings, resume=True)
    assert resumed == curve
    assert all(torch.equal(after[name], weights[name]) for name in weights)


def test_a_finished_training_can_be_resumed_for_what_it_gave(tmp_path: Path) -> None:
    curve, weights = fit(tmp_path)
    watch = Watch()
    again, after = fit(tmp_path, resume=True, watch=watch)
    assert again == curve
    assert "batch" not in watch.told
    assert all(torch.equal(after[name], weights[name]) for name in weights)


def test_more_epochs_may_be_asked_for(tmp_path: Path) -> None:
    curve, _ = fit(tmp_path)
    longer, _ = fit(tmp_path, replace(SETTINGS, epochs=4), resume=True)
    assert len(longer) == 4
    assert longer[:3] == curve


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"settings": replace(SETTINGS, batch=9)}, "begun with batch 8, not 9"),
        ({"settings": replace(SETTINGS, lr=0.5)}, "begun with lr 0.01, not 0.5"),
        ({"lists": 39}, "begun with other lists"),
        ({"options": replace(SAMPLED, hidden=7)}, "another model or other options"),
    ],
)
def test_another_training_is_not_gone_on_with(begun: Path, changes: dict, said: str) -> None:
    with pytest.raises(TrainingError, match=said):
        fit(begun, resume=True, **changes)


def test_a_checkpoint_of_a_newer_format_says_so(begun: Path) -> None:
    with safe_open(begun / FILE, "pt") as file:
        header = json.loads(file.metadata()[HEADER])
    header["format_version"] = FORMAT_VERSION + 1
    save_file({}, begun / FILE, {HEADER: json.dumps(header)})
    with pytest.raises(TrainingError, match=r"newer version of Segue.*Update Segue"):
        fit(begun, resume=True)


@pytest.mark.parametrize("content", [b"", b"no tensors", None])
def test_a_damaged_checkpoint_says_so(begun: Path, content: bytes | None) -> None:
    whole = (begun / FILE).read_bytes()
    (begun / FILE).write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(TrainingError, match=r"is damaged.*--resume"):
        fit(begun, resume=True)


def test_there_must_be_something_to_resume(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no training to go on with"):
        fit(tmp_path, resume=True)


def test_a_folder_that_cannot_be_written_to_is_found_out_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    watch = Watch()
    with pytest.raises(TrainingError, match=r"cannot be kept in .*--out"):
        fit(tmp_path / "file" / "training", watch=watch)
    assert "batch" not in watch.told


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """No file can grow beyond `size` bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_leaves_the_last_checkpoint_whole(begun: Path) -> None:
    before = (begun / FILE).read_bytes()
    with little_room(2000), pytest.raises(TrainingError, match=r"cannot be kept in .*space"):
        fit(begun, resume=True)
    assert (begun / FILE).read_bytes() == before
    assert [path.name for path in begun.iterdir()] == [FILE]
    assert fit(begun, resume=True)[0] == fit(None)[0]


class Signalled(Hook):
    """Gets a signal in the first batch, as Ctrl-C or a machine that shuts down sends it."""

    def __init__(self, number: signal.Signals) -> None:
        self._number = number

    def on_batch(self, run: Run) -> None:
        if run.epoch == 0 and run.batch == 1:
            signal.raise_signal(self._number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_after_the_batch_and_is_given_back(
    tmp_path: Path, number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    context = FitContext([Signalled(number), StopOnSignal()], tmp_path)
    with pytest.raises(StoppedError, match="epoch 1 of 3, after batch 1"):
        train(small_net(SAMPLED), ring(), ring(seed=1), SETTINGS, context)
    assert signal.getsignal(number) is before
    assert fit(tmp_path, resume=True)[0] == fit(None)[0]


def test_a_second_ctrl_c_stops_at_once() -> None:
    stop = StopOnSignal()
    run = Run(small_net(), SETTINGS, 1, 1)
    stop.on_start(run)
    try:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        stop.on_end(run)

"""DDPG: an actor learns to propose the actions that a critic thinks best.

Lillicrap et al., Continuous control with deep reinforcement learning (2016); with two critics and
smoothed target actions it is TD3 (Fujimoto, van Hoof and Meger, 2018).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file
from torch import Tensor, nn

from recommender.agents.errors import AgentError
from recommender.agents.memory import ReplayMemory
from recommender.agents.networks import Actor, Critic, Layers, diverged, follow
from recommender.agents.noise import GaussianNoise, Noise, OrnsteinUhlenbeckNoise, Schedule
from recommender.api import CheckpointError
from recommender.data.arrays import BoolArray, FloatArray
from recommender.training.device import place_for
from recommender.training.settings import TrainSettings
from recommender.vectors import files

KIND = "ddpg"

Around = Callable[[FloatArray], FloatArray]
"""Given proposals (n, proposals, action), the actions that can really be taken: (n, k, action)."""


@dataclass(frozen=True, slots=True)
class DDPGSettings:
    """All of an agent's choices.

    Actions lie between -`limit` and `limit`, or have length 1 with `unit`; `proposals` are made a
    state. The critic is told how an action lies to each of `relate` vectors that a state begins
    with, and nothing else of an action's first `blind` numbers. `discount` is what a reward counts
    a step later, `follow` the share by which the target networks follow in each step. Noise is
    counted in `limit`, and falls from `noise` to `least_noise` in `noise_steps` steps of the
    environments; `wandering` makes it Ornstein-Uhlenbeck. `twin` takes the lower of two critics,
    `smoothing` is the noise on target
    actions, and the actor learns in every `actor_every`-th step. Gradients longer than `clip` are
    shortened. `warmup` transitions are collected before anything is learnt.
    """

    state_size: int
    action_size: int
    proposals: int = 1
    relate: int = 0
    blind: int = 0
    limit: float = 1.0
    unit: bool = False
    hidden: tuple[int, ...] = (64, 64)
    norm: bool = False
    discount: float = 0.99
    follow: float = 0.005
    actor_lr: float = 1e-3
    critic_lr: float = 1e-3
    batch: int = 128
    capacity: int = 100_000
    warmup: int = 1_000
    twin: bool = False
    smoothing: float = 0.0
    actor_every: int = 1
    clip: float = 10.0
    noise: float = 0.2
    least_noise: float = 0.02
    noise_steps: int = 10_000
    wandering: bool = False
    seed: int = 0
    device: str = "cpu"

    def __post_init__(self) -> None:
        whole = ("state_size", "action_size", "proposals", "batch", "capacity", "actor_every")
        for name in whole:
            if getattr(self, name) < 1:
                raise AgentError(f"{name} is {getattr(self, name)}; give 1 or more.")
        if not self.hidden or min(self.hidden) < 1:
            raise AgentError("An agent needs one hidden layer or more, each of 1 number or more.")
        for name in ("limit", "follow", "actor_lr", "critic_lr", "clip"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0):
                raise AgentError(f"{name} is {getattr(self, name)}; give a number above 0.")
        if not 0 <= self.discount < 1 or self.follow > 1:
            raise AgentError("discount must be from 0 to below 1, follow at most 1.")
        if not 0 <= self.relate * self.action_size <= self.state_size:
            raise AgentError(f"A state does not begin with {self.relate} vectors of an action.")
        if not 0 <= self.blind <= self.action_size:
            raise AgentError(f"blind is {self.blind}; give 0 to {self.action_size}.")
        if self.smoothing < 0 or self.warmup < 0:
            raise AgentError("smoothing and warmup cannot be below 0.")
        Schedule(self.noise, self.least_noise, self.noise_steps)


@dataclass(frozen=True, slots=True)
class Learnt:
    """How many steps were taken, and the means of what was left to learn: the critic's squared
    error and the value that the critic gives the actor's proposals; NaN where nothing was."""

    steps: int
    critic_loss: float = float("nan")
    value: float = float("nan")


class DDPG:
    """The agent: proposes, remembers, learns. One seed gives one agent on a CPU."""

    def __init__(self, settings: DDPGSettings) -> None:
        self.settings = settings
        train = TrainSettings(device=settings.device, precision="full")
        self._device = place_for(train).device
        self._chance = torch.Generator().manual_seed(settings.seed)
        self.actor = self._actor().to(self._device)
        count = 2 if settings.twin else 1
        self.critics = nn.ModuleList(self._critic() for _ in range(count)).to(self._device)
        self._follow_at_once()
        self._actor_adam = self._adam(self.actor, settings.actor_lr)
        self._critic_adam = self._adam(self.critics, settings.critic_lr)
        self.memory = ReplayMemory(
            settings.capacity, settings.state_size, settings.action_size, settings.seed
        )
        self.noise: Noise = self._noise()
        self._steps = 0

    def proto(self, states: FloatArray, explore: bool = False) -> FloatArray:
        """The proposed actions, (n, proposals, action), for states (n, state)."""
        with torch.no_grad():
            actions: Tensor = self.actor(self._tensor(states))
        if explore:
            noise = self._tensor(self.noise.next(len(actions)))
            actions = self.actor.within(actions + self.settings.limit * noise.view(actions.shape))
        found: FloatArray = actions.cpu().numpy()
        return found

    def act(self, states: FloatArray, explore: bool = False) -> FloatArray:
        """The first proposed action of each state, (n, action)."""
        return self.proto(states, explore)[:, 0]

    def values(self, states: FloatArray, actions: FloatArray) -> FloatArray:
        """What the critic thinks of actions (n, k, action) in states (n, state): (n, k)."""
        with torch.no_grad():
            found = self.critics[0](self._tensor(states), self._tensor(actions))
        values: FloatArray = found.cpu().numpy()
        return values

    def remember(
        self,
        states: FloatArray,
        actions: FloatArray,
        rewards: FloatArray,
        next_states: FloatArray,
        ended: BoolArray,
    ) -> None:
        """Keep n transitions; `ended` where nothing came after, not where time was up."""
        self.memory.remember(states, actions, rewards, next_states, ended)

    def learn(self, steps: int = 1, around: Around | None = None) -> Learnt:
        """Take so many steps of gradient, none before `warmup` transitions are remembered.

        With `around` the next action is the best by the target critic of those around the target
        actor's proposals, without it the best proposal itself. Raises AgentError when the training
        diverged: the agent is of no use then.
        """
        if len(self.memory) < max(self.settings.warmup, 1):
            return Learnt(0)
        losses = torch.zeros(2, device=self._device)
        actors = 0
        for _ in range(steps):
            states, targets, actions = self._task(around)
            losses[0] += self._teach_critic(states, actions, targets)
            self._steps += 1
            if self._steps % self.settings.actor_every == 0:
                losses[1] += self._teach_actor(states)
                actors += 1
            self._follow(self.settings.follow)
        if not torch.isfinite(losses).all():
            raise diverged()
        critic, value = losses.tolist()
        return Learnt(steps, critic / steps, value / actors if actors else float("nan"))

    def arrays(self) -> dict[str, FloatArray]:
        """The weights: `actor.0.weight`, `actor.0.bias`, ..., `critic.0.weight`, ...; with two
        critics those of the second under `twin`."""
        found = self.actor.layers.arrays("actor")
        for name, critic in self._named_critics():
            found |= critic.layers.arrays(name)
        return found

    def restore(self, arrays: Mapping[str, FloatArray]) -> None:
        """Take over what `arrays` gave, targets too; raises AgentError if it does not fit."""
        self.actor.layers.restore("actor", arrays)
        for name, critic in self._named_critics():
            critic.layers.restore(name, arrays)
        self._follow_at_once()

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, FloatArray], settings: DDPGSettings) -> Self:
        """An agent of these weights with an empty memory; raises AgentError if they do not fit."""
        agent = cls(settings)
        agent.restore(arrays)
        return agent

    def save(self, folder: Path) -> None:
        """Write `weights.safetensors` and `config.json`, not the memory; raises OSError."""
        files.write(folder, KIND, self.arrays(), {"settings": asdict(self.settings)})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote; raises CheckpointError in words."""
        try:
            config = json.loads((folder / files.CONFIG).read_text(encoding="utf-8"))
            if config["kind"] != KIND or config["format_version"] > files.FORMAT_VERSION:
                raise ValueError("it is of another kind or of a newer version of Segue")
            given = config["settings"]
            settings = DDPGSettings(**{**given, "hidden": tuple(given["hidden"])})
            return cls.from_arrays(load_file(folder / files.WEIGHTS), settings)
        except FileNotFoundError as error:
            raise CheckpointError(f"There is no agent in {folder}; train one into it.") from error
        except (OSError, ValueError, KeyError, TypeError, AgentError, SafetensorError) as error:
            raise CheckpointError(
                f"The agent in {folder} cannot be read ({error}). Train it again."
            ) from error

    def _task(self, around: Around | None) -> tuple[Tensor, Tensor, Tensor]:
        """States (n, state), what their actions were worth (n, 1), and these (n, 1, action)."""
        batch = self.memory.sample(self.settings.batch)
        after = self._tensor(batch.next_states)
        with torch.no_grad():
            actions = self._smoothed(self._target_actor(after))
            if around is not None:
                actions = self._tensor(around(actions.cpu().numpy()))
            values = [critic(after, actions) for critic in self._target_critics]
            best = torch.stack(values).amin(dim=0).amax(dim=1)
            going_on = self.settings.discount * (1 - self._tensor(batch.ended))
            targets = self._tensor(batch.rewards) + going_on * best
        return self._tensor(batch.states), targets[:, None], self._tensor(batch.actions)[:, None]

    def _smoothed(self, actions: Tensor) -> Tensor:
        spread = self.settings.smoothing * self.settings.limit
        if not spread:
            return actions
        noise = torch.randn(actions.shape, generator=self._chance).to(self._device)
        return self.actor.within(actions + spread * noise.clamp(-2.5, 2.5))

    def _teach_critic(self, states: Tensor, actions: Tensor, targets: Tensor) -> Tensor:
        losses = [(critic(states, actions) - targets).square().mean() for critic in self.critics]
        loss = torch.stack(losses).sum()
        self._step(self._critic_adam, self.critics, loss)
        return loss.detach() / len(losses)

    def _teach_actor(self, states: Tensor) -> Tensor:
        self.critics.requires_grad_(False)
        value: Tensor = self.critics[0](states, self.actor(states)).mean()
        self._step(self._actor_adam, self.actor, -value)
        self.critics.requires_grad_(True)
        return value.detach()

    def _step(self, adam: torch.optim.Optimizer, net: nn.Module, loss: Tensor) -> None:
        adam.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(net.parameters(), self.settings.clip)
        adam.step()

    def _follow(self, share: float) -> None:
        follow(self._target_actor, self.actor, share)
        follow(self._target_critics, self.critics, share)

    def _follow_at_once(self) -> None:
        self._target_actor = deepcopy(self.actor).requires_grad_(False)
        self._target_critics = deepcopy(self.critics).requires_grad_(False)

    def _named_critics(self) -> list[tuple[str, Critic]]:
        found = [each for each in self.critics if isinstance(each, Critic)]
        return list(zip(("critic", "twin"), found, strict=False))

    def _actor(self) -> Actor:
        own = self.settings
        sizes = [own.state_size, *own.hidden, own.proposals * own.action_size]
        layers = Layers(sizes, own.norm, self._chance)
        return Actor(layers, own.proposals, own.limit, own.unit)

    def _critic(self) -> Critic:
        own = self.settings
        sizes = [own.state_size + own.action_size + own.relate, *own.hidden, 1]
        layers = Layers(sizes, own.norm, self._chance)
        return Critic(layers, own.relate, own.action_size, own.blind)

    def _noise(self) -> Noise:
        own = self.settings
        schedule = Schedule(own.noise, own.least_noise, own.noise_steps)
        kind = OrnsteinUhlenbeckNoise if own.wandering else GaussianNoise
        return kind(own.proposals * own.action_size, schedule, own.seed)

    def _adam(self, net: nn.Module, rate: float) -> torch.optim.Optimizer:
        return torch.optim.Adam(net.parameters(), rate, fused=self._device.type != "mps")

    def _tensor(self, array: FloatArray) -> Tensor:
        return torch.from_numpy(array).to(self._device, torch.float32)

"""What was found, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from recommender.evaluation.judging.agreement import Agreement
from recommender.evaluation.judging.as_the_seed import MEANINGS, Against, Diversity
from recommender.evaluation.judging.intervals import Interval
from recommender.evaluation.judging.off_policy import Estimate, Reliability
from recommender.evaluation.judging.recorded_trial import AIM, RecordedTrial
from recommender.evaluation.judging.simulators import Simulated

NAME = 24


def plain(figure: Interval) -> str:
    """A figure with the ends of its interval, as `1.234 (1.100 to 1.300)`."""
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


def percent(figure: Interval) -> str:
    """The same in per cent."""
    return f"{100 * figure.value:.1f} % ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def simulated(name: str, found: Simulated) -> list[str]:
    """One simulator's table, the best policy first, and who is apart from whom."""
    best = sorted(found.figures, key=lambda policy: -found.figures[policy].returns.value)
    sessions = found.figures[best[0]].returns.sessions
    lines = [
        f"{name} listeners: {sessions:,} sessions each over {found.songs:,} songs, 95 % intervals",
        f"{'':<{NAME}}{'return a session':<26}{'songs':>7}{'likes':>7}{'skipped':>9}{'left':>7}",
    ]
    for policy in best:
        own = found.figures[policy]
        lines.append(
            f"{policy:<{NAME}}{plain(own.returns):<26}{own.songs.value:>7.1f}"
            f"{own.likes.value:>7.2f}{100 * own.skip_rate.value:>7.1f} %"
            f"{100 * own.left.value:>5.0f} %"
        )
    for gap in found.differences:
        apart = "not apart"
        if gap.is_paired_apart:
            apart = "intervals apart" if gap.is_apart else "apart with the same listeners only"
        lines.append(f"  {gap.one} less {gap.other}: {plain(gap.returns)}, {apart}")
    return lines


def agreed(found: Mapping[str, Agreement]) -> list[str]:
    """How alike the simulators rank."""
    return [
        f"{pair} rank {each.policies} policies: Kendall's tau {plain(each.tau)}, Spearman's rho "
        f"{plain(each.rho)}; the same one is first in {100 * each.same_first:.0f} % of draws."
        for pair, each in found.items()
    ]


def recorded(found: RecordedTrial) -> list[str]:
    """The figures on recorded sessions, each group under what it means."""
    lines = [
        f"Learnt from {found.learnt_from:,} sessions ({found.songs:,} songs, "
        f"{100 * found.skipped:.1f} % of plays skipped), judged by {found.judged_by:,} others.",
        *found.notes, "", MEANINGS["slate"],
    ]  # fmt: skip
    lines.append(_against("agent", found.slate))
    names = {"agent": "agent, by value alone"}
    lines += [_against(names.get(name, name), by.slate) for name, by in found.by.items()]
    lines += ["", MEANINGS["recommended"]]
    lines += [_against(name, by.recommended) for name, by in found.by.items()]
    lines += ["", MEANINGS["skips_found"]]
    for name, by in found.by.items():
        own = by.skips_found
        lines.append(
            f"{name:<{NAME}}recall {percent(own.recall)}, precision {percent(own.precision)}, "
            f"base {percent(own.base)}, flagged {percent(own.flagged)}"
        )
    lines += ["", MEANINGS["diversity"]]
    lines += _diverse("agent, by value alone", found.plain)
    lines += _diverse(f"agent, diversity x {found.weight:g}", found.diverse)
    return [*lines, (
        f"What diversity counts, from 0 to 1, is the least that had {AIM:g} times the diversity of "
        f"what was played on sessions kept apart for it, of those to learn from: "
        f"{found.weight:g}, which had {found.aimed:.2f} times there."
    )]  # fmt: skip


def _against(name: str, found: Against) -> str:
    return (f"{name:<{NAME}}{percent(found.recommended)} against {percent(found.played)}, "
            f"ratio {plain(found.ratio)}")  # fmt: skip


def _diverse(name: str, found: Diversity) -> list[str]:
    lines = [
        _against(name, found.distance),
        f"{'':<{NAME}}different songs: {100 * found.distinct:.1f} % of all in slates, "
        f"{100 * found.distinct_played:.1f} % of those played",
    ]
    if found.artists is None or found.artists_played is None:
        return [*lines, f"{'':<{NAME}}artists are not told in these sessions"]
    return [*lines, f"{'':<{NAME}}different artists in three: {found.artists:.2f}, "
                    f"played {found.artists_played:.2f}"]  # fmt: skip


def estimated(found: Mapping[str, Estimate], reliable: list[Reliability]) -> list[str]:
    """The value of each policy from a log, and how well the logged probabilities hold."""
    some = next(iter(found.values()))
    clip = "not cut" if some.clip is None else f"cut at {some.clip:g}"
    lines = [
        f"{some.choices:,} choices in {some.snips.sessions:,} sessions; what was logged brought "
        f"{plain(some.logged)} a choice; weights are {clip}.",
        f"{'':<{NAME}}{'SNIPS':<27}{'IPS':<27}{'effective':>10}{'mean weight':>13}",
    ]
    for name, own in found.items():
        cut = f", {100 * own.cut:.1f} % of weights cut" if own.cut else ""
        lines.append(
            f"{name:<{NAME}}{plain(own.snips):<27}{plain(own.ips):<27}{own.effective:>10.1f}"
            f"{own.weights_mean.value:>13.2f}{cut}"
        )
        if own.note:
            lines.append(f"  {own.note}")
    lines += ["", "Rows by the probability with which they were shown, and how often chosen:"]
    return lines + [
        f"  {each.rows:>7,} rows at {each.stated:.4f}: chosen {each.chosen.value:.4f} "
        f"({each.chosen.low:.4f} to {each.chosen.high:.4f})"
        for each in reliable
    ]

"""The listener's state: takes one event, answers with a new list and its reasons."""

from __future__ import annotations

from recommender.live.recommender import LiveRecommender

__all__ = ["LiveRecommender"]

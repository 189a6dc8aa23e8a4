"""Agents that choose songs for the reward of a whole session, and what they are held against."""

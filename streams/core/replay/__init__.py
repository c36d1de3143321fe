"""Replays: which stretch of a log they need, what they asked for, and how their results differ from the live ones."""

"""Drift: whether the features still look as they did in training, with a declared rate of false alarms."""

"""Monitors: how well each model does, and whether the world still looks as it did in training."""

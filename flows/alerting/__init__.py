"""Prometheus alerts out of the rules: what the stream watches, watched once more from outside."""

"""Scored rows become gated signals, events and counted outcomes: the second keyed stage."""

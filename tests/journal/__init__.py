"""Tests of the journal's fold, position, writing side, and of its crash points."""

"""Checks that no feature knows the future, and that each has seen enough of the past."""

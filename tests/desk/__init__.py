"""Tests of the desk and its gate."""

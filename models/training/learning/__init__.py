"""Learners, the search for their parameters, and the calibration of what they say."""

"""Calibration as it is lived: how far what a model says is from what becomes of it, and how sure that is."""

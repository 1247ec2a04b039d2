"""Records of the monitors, read back: the present of each model and symbol, and what they come to."""

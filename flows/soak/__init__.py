"""A day of paper trading on simulated ticks, faster than real time, and what it came to."""

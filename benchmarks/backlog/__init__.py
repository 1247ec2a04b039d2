"""What is worked off: ticks of the past, as fast as it goes."""

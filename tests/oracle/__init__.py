"""A slow, plain reference of the market path: one tick at a time, lists and fractions, no arrays."""

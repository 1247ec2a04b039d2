"""The Redis read model: what the flows show of themselves. Never state; the flows only write it."""

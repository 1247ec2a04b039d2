"""The inputs and outputs of the guard: everybody's topics up to journalled places; signed commands."""

"""What a simulation finds."""


class BrokenError(AssertionError):
    """A promise of the product does not hold."""

"""What is shown: a read-only HTTP view of the state that the flows publish to Redis."""

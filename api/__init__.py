"""What is shown: read-only HTTP over the Redis read model."""

"""Kafka: clients, and the one source and sink through which the flows meet it."""

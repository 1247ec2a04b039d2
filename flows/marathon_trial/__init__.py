"""A marathon tried out: 48 simulated hours in minutes, on a real Kafka, from the start to the decision."""

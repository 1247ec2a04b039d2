"""How fast a kill works: trials of it under a full backlog, on a real Kafka."""

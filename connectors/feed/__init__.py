"""What puts ticks into Kafka: simulated markets and recorded captures, with explicit record times."""

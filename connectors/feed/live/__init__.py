"""Public trade websockets into Kafka: kept connected, byte for byte, with every missing trade named."""

"""What becomes of cost and memory as symbols, partitions, history and uptime grow."""

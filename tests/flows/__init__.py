"""The dataflow as a process, on brokers that are really there."""

"""What the guard measures: each file turns one kind of record into samples of metrics."""

"""Models that learn in the stream: their answer depends on the rows before, so they are walked row by row."""

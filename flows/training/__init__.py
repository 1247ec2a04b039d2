"""Training runs: files, clocks, pictures and progress around the pure parts."""

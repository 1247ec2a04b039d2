"""What is true: pure stages over numpy columns. No clock, network, environment or engine in here."""

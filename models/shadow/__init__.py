"""Two models on the same rows: which of them is better, and how sure that is."""

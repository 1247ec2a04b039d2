"""What a model is worth on rows it did not see: figures with their intervals, profit, and the gates."""

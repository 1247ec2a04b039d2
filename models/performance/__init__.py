"""What an equity curve and its trades are worth: metrics, their errors, significance, gates, grades."""

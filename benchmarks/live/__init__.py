"""What happens while the market is live: latencies, commands, pauses, crashes."""

"""What a process tells of itself: its metrics, whether its loop turns, its heartbeat in Redis."""

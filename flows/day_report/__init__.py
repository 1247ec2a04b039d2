"""What a day came to: one report of a stretch of log time, out of the topics alone."""

"""What topics and the view hold, kept as files for people: the challenger's shadow logs, the desk."""

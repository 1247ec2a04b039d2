"""What the metrics of a gate are now: asked of the API, read from the view and from the topics."""

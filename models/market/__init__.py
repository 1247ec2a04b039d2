"""From ticks to closed bars, feature rows and matured outcomes: the first keyed stage."""

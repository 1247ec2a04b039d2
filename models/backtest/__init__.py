"""Walking the past: ticks through the stages that run live, without a record, into columns of decisions."""

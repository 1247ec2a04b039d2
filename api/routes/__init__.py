"""The paths, one file per idea."""

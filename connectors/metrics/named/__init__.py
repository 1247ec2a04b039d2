"""The metrics by name, a file for each thing that is measured."""

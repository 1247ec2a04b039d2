"""The registry of models at the command line: what it shows, how a model is promoted, packed, taken back."""

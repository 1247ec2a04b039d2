"""How it is joined: one short file per dataflow, and the command line."""

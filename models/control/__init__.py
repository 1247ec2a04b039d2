"""Control commands: their schema, who may send them, and how they are signed."""

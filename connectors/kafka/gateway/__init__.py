"""What the control gateway of the API needs of the broker: sending commands, and its own audit topic."""

"""Models behind one interface, and the stateless stage that scores all rows of an activation at once."""

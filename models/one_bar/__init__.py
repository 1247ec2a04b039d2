"""One bar that somebody brings along: is it sound, and what would the built-in model say of it alone."""

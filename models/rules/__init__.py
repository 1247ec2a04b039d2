"""Reactions as data: rules over what is monitored, when they fire, and what is done then."""

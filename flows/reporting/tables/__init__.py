"""The tables of a report, each a function from the result to rows of words."""

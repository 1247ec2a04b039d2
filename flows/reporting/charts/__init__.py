"""The charts of a report, each a function from figures and a size to inline SVG."""

"""An independent check of a run: recomputes from ticks and journal what must stand on the output topics.

It shares no code with the product. It is written to be read: one record after the other, plain dictionaries
and loops, exact numbers. Read ``run`` first, then what it calls.
"""

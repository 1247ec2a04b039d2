"""The same one-second bars of the same ticks, made by us and by others, each in a process of its own.

``python -m benchmarks.peers.NAME BOOTSTRAP TOPIC PARTITIONS OUT`` reads a tick topic to its end, keeps the
bars in memory, prints one JSON object (records, seconds, cpu, version), and writes the bars to OUT. The
seconds go from the first records in hand to the last bar made; imports and connecting are not in them.

The topics are simulated without faults: every record is one good tick, and those of a symbol are in the order
of their event time. So nobody has to refuse a tick or to wait for one; whoever did would have other bars.
"""

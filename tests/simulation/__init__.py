"""A seeded simulation of signals processes that die: the product's own code on twins of broker, disk, clock.

What runs is the product: opening and fencing, source, stages, sink, comparison of what is suppressed. Twins
stand in for what is outside: the Kafka clients (``consumer``, ``producer``), the store of snapshots
(``disk``), the clock (``clock``), and the loop of the engine (``engine``). One seed decides everything that
happens, in one thread, so that a failing seed fails again: ``python -m tests.simulation --seed 7 --runs 1``.

Not simulated: a broker that forgets, other programs that write to the product's topics, and two processes of
a shard alive at once without transactions, which the lock on the recovery folder rules out on one machine.
"""

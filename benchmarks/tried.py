"""What is known and was tried where a target is missed, by the start of the row's name; told while it is."""

from __future__ import annotations

TRIED = {
    "Kafka → signals, dense": (
        "one call of the decoder for batches of one layout, pieces that stay in the cache, shards that read "
        "by turns so that up to 10,000 records share a round's fixed cost, ids from a kept digest, a "
        "collector that looks seldom: these brought the ratio from 0.37 to between 0.40 and 0.47. Epochs of "
        "4 s and 60 s instead of 1 s changed nothing. What is left is spread: client and decoding have a "
        "third of the main thread, Market a quarter, the engine a sixth, Judge and sink a sixteenth each; "
        "and starting takes a second"
    ),
    "Kafka → signals, recorded": (
        "a symbol's second is a row, however few ticks it has, and five ticks publish 3.6 records, each a "
        "dictionary, JSON and a call of the client: about 50 µs a row where the target leaves 23. Larger "
        "rounds, no keyword dictionaries on a record's way, ids from a kept digest and a leaner sink "
        "brought the ratio from 0.05 to 0.06 or 0.08. One record for all signals of a second would reach "
        "further, but readers of the topic rely on one record a signal"
    ),
    "tick due that closes a second": (
        "taken apart, half of the signals were read by the flow 17 ms after the closing tick was due, "
        "handed to the client 6 ms later, in the broker 16 ms after that, and at the reader after 2 more. A "
        "plain consumer beside the same feeder and broker, but without flow and outputs, has the ticks "
        "after 3 to 5 ms: all processes share two cores, and each of the hops waits for one. One shard a "
        "round publishes before the next closes. No lingering, looking at the log each millisecond, handing "
        "the interpreter over sooner, and processes free to use both cores each moved the p50 less than "
        "runs differ"
    ),
    "2 processes against one": (
        "nothing gives two processes and a broker three cores out of two: the row below has what a second "
        "of the processor is worth"
    ),
    "windows only, ": (
        "the client and our decoder alone, without a window, come to about six times fold_window at the "
        "dense topic and seven times at the recorded (second row of each): reading and decoding have half "
        "to three quarters of our time. One call of the decoder for batches of one layout and rounds of up "
        "to 10,000 records brought ours there"
    ),
    "windows only from Parquet": (
        "twenty times fold_window would be the whole day in about the time that reading the file takes; by "
        "profile that is a third of ours, and Market the rest. Nothing was tried beyond what the flow got"
    ),
    "kill -9 → caught up, 100 ticks/s": (
        "half of the restarts take three seconds, as those of 5,000 ticks/s do, and half of them three "
        "more; why is not known yet"
    ),
}

"""The journal of a shard: everything from outside its tick log that its stages depend on, and where."""

"""The recovery folder of one instance: a cache of its state, guarded by a lock and a manifest."""

"""Who may trade what: the control state of a shard and the gate that applies it."""

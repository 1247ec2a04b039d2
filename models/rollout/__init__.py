"""The rollout of a model in phases: a pure machine of plan, events and transitions, on event time."""

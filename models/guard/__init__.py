"""The supervisor as a pure stage: what flows publish in, alerts, rollout events and commands out."""

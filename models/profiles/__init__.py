"""The owner's ways of going live as data: what is watched, the phases of a rollout, and the gates."""

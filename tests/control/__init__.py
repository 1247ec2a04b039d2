"""Tests of the control commands: schema, roles, flags, signature, verdict."""

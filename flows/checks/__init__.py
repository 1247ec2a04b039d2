"""Looks at a running product before people rely on it: a pulse, a checklist, the gate of a profile."""

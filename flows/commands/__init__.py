"""The commands of ``levibot``, one module each."""

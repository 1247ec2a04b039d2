"""Alerts to a webhook: the message, one attempt to post it, and how long to wait for the next."""

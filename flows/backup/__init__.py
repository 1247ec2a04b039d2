"""Backups: what the product keeps on disk and in Redis as one archive, made while it runs and put back."""

"""Bundles on disk: published in one step, checked in a process of their own, kept in a registry."""

"""Rollouts tried out on simulated days: how often a good challenger is rolled back, and a bad one is not."""

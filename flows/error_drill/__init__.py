"""Errors, a throttled feed and a kill, injected on purpose: what is noticed, and how soon all is well."""

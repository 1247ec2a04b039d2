"""Every speed budget of the product, measured side by side in one run: ``python -m benchmarks``."""

"""Model bundles: a model in its library's own text with all that is needed to trust it, as plain bytes."""

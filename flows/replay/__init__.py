"""A recording through the very dataflow that ran live: from files, into files or into a comparison."""

"""Breaking a running product on purpose, and what it must look like afterwards."""

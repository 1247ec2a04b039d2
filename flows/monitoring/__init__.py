"""What the commands show of the monitors: reading their records, adding them up, tables, files."""

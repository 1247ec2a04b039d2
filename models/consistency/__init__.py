"""What ran live held against what is computed of the same ticks: feature rows, decisions, the account."""

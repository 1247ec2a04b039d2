"""The marathon as an operator meets it: started by seven steps, looked at, judged."""

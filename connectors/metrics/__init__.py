"""The metrics of all processes: what there is, in one place, and how views become families of samples."""

"""What is told, and how old it is: plain data out of the read model, for paths and panel alike."""

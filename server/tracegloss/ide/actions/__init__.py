"""What can be done at a place in code, one action a file."""

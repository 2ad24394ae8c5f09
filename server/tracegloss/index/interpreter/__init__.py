"""What names and expressions of a tree stand for, read off its facts without running any of it."""

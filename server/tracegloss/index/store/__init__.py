"""What was found before, kept by content in sqlite."""

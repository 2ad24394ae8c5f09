"""Old traces on changed code: what became of every span's function, and where it is now."""

"""Everything traces say about each file, folded over the traces and carried to its current text."""

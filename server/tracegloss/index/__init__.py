"""The facts of a whole tree of files, and the sites found in it."""

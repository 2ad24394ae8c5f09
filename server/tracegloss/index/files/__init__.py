"""The files of a tree: which there are, which may hold a site, and their facts."""

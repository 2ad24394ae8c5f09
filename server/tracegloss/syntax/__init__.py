"""One file's text turned into plain facts; the only package that imports tree_sitter."""

"""Constructs of frameworks in a tree: their table, and the sites that they make."""

"""A process of its own for what takes long: indexing, reading stores, laying traces on code."""

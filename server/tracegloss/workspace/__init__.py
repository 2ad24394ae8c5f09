"""The mutable holder of roots, sources and settings; reads them and lays traces on code."""

"""How things are put for readers: times, cut values, safe text, redacted recordings."""

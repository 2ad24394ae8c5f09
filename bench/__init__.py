"""Speed and memory of the engine beside peers measured in the same run."""

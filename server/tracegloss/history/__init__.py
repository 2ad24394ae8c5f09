"""Git, asked for objects and commit-to-commit facts only; never for anything that runs a filter."""

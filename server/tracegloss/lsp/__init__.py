"""The language server: the engine's features in the words of the Language Server Protocol."""

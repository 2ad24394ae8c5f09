"""Bytes and stores to `Trace`: every recorded shape, files, tracking servers, local stores."""

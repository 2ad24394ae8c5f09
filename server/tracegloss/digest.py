"""The one hash of names and versions: BLAKE2b, straight from where `hashlib` has it.

`hashlib` itself loads OpenSSL, which takes a start longer than reading the cached index of a
thousand files; git's own hashes need it, and they are wanted when a file changed.
"""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # a Python that was built without it has OpenSSL's alone
    from hashlib import blake2b

__all__ = ["blake2b"]

"""The search that decides, before anything is parsed, whether a file can matter."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What files that trace by hand or run autologged frameworks spell out, however they import it.
TRACING = (b"mlflow",)
FRAMEWORKS = (
    b"langchain", b"langgraph", b"openai", b"dspy", b"litellm", b"llama_index", b"anthropic",
    b"pydantic_ai", b"crewai", b"autogen", b"agno", b"strands", b"smolagents", b"genai", b"groq",
    b"mistralai", b"bedrock", b"semantic_kernel", b"haystack", b"mcp",
)  # fmt: skip

# The module's name, not a part of a longer one, of an address or of a title.
_AS_MODULE = re.compile(rb"mlflow(?![\w/-])")
_IN_IMPORT = re.compile(rb"(?:import|from)[ \t][^\n]*mlflow")


def may_trace(raw: bytes) -> bool:
    """Tell whether a file may use MLflow: it names the module or imports from one named so."""
    if not mentions(raw, TRACING):
        return False
    return _AS_MODULE.search(raw) is not None or _IN_IMPORT.search(raw) is not None


def mentions(raw: bytes, markers: Iterable[bytes]) -> bool:
    """Tell whether a file's bytes hold any marker, most frequent markers first.

    A few plain searches beat one combined pattern: each runs at memory speed. Works on UTF-8, on
    every encoding that extends ASCII and on the JSON of notebooks, as long as markers are ASCII.
    """
    return any(marker in raw for marker in markers)

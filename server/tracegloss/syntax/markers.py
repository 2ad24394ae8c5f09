"""The search that decides, before anything is parsed, whether a file can matter."""

from __future__ import annotations

from collections.abc import Iterable

from tracegloss.matcher import matcher

TRACING = (b"mlflow",)

# Packages whose spans MLflow makes without a word in the code that uses them. `agents` is also a
# usual name for a folder of one's own, so that only the whole package counts.
_PACKAGE = (
    rb"(?:(?:langchain|langgraph)(?:_\w+)?|databricks_(?:langchain|openai)|openai|dspy|litellm"
    rb"|anthropic|pydantic_ai|crewai|strands|smolagents"
    rb"|opentelemetry|openinference|traceloop|logfire|phoenix"
    rb"|google(?:\.gen\w+|[ \t]+import[ \t]+gen\w+)|groq|mistralai|boto3"
    rb"|llama_index|workflows|haystack|autogen\w*|agno|semantic_kernel|ag2)"
)
_TELEMETRY = matcher(
    rb"(?:from|import)[ \t]+(?:opentelemetry|openinference|traceloop|logfire|phoenix)\b"
)
_FRAMEWORK = matcher(rb"(?:from|import)[ \t]+" + _PACKAGE + rb"\b|from[ \t]+agents[ \t]+import\b")
# OpenTelemetry's own distributions share a folder, which is no package itself.
_TELEMETRY_ITSELF = matcher(
    r"(?:.*/)?opentelemetry/(?:sdk|trace|metrics|_logs|proto|semconv|propagate|propagators|util"
    r"|exporter|instrumentation|resource|context|baggage|attributes)/"
)
_FRAMEWORK_FOLDER = matcher(r"(?:.*/)?" + _PACKAGE.decode())

# The module's name, not a part of a longer one, of an address or of a title.
_AS_MODULE = matcher(rb"mlflow(?![\w/-])")
_IN_IMPORT = matcher(rb"(?:import|from)[ \t][^\n]*mlflow")


def may_trace(raw: bytes) -> bool:
    """Tell whether a file may use MLflow: it names the module or imports from one named so."""
    if not mentions(raw, TRACING):
        return False
    return _AS_MODULE.search(raw) is not None or _IN_IMPORT.search(raw) is not None


def opens_telemetry(import_lines: bytes) -> bool:
    """Tell whether a file may open spans of OpenTelemetry's, which reach MLflow over OTLP."""
    return _TELEMETRY.search(import_lines) is not None


def is_telemetry_itself(path: str) -> bool:
    """Tell whether a file is of OpenTelemetry's own distributions: its spans are nobody's code."""
    return _TELEMETRY_ITSELF.match(path) is not None


def mentions(raw: bytes, markers: Iterable[bytes]) -> bool:
    """Tell whether a file's bytes hold any marker, most frequent markers first.

    A few plain searches beat one combined pattern: each runs at memory speed. Works on UTF-8, on
    every encoding that extends ASCII and on the JSON of notebooks, as long as markers are ASCII.
    """
    return any(marker in raw for marker in markers)


def runs_frameworks(import_lines: bytes) -> bool:
    """Tell whether the lines of a file that import name a framework that MLflow traces."""
    return _FRAMEWORK.search(import_lines) is not None


def is_framework(folder: str) -> bool:
    """Tell whether a folder, a package, is a framework itself: what it imports is its own."""
    return _FRAMEWORK_FOLDER.fullmatch(folder) is not None

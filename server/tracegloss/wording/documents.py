"""Retrieved documents inside redacted outputs, in the shapes MLflow and LangChain write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from tracegloss.recorded import JsonValue
from tracegloss.wording.printable import one_line

_TEXTS = ("page_content", "content", "text")
_NAMES = ("doc_uri", "source", "uri", "url", "doc_id", "id", "title", "chunk_id")
_SCORES = ("score", "similarity", "relevance_score", "distance")


class Document(Struct, frozen=True):
    """One document: where it came from, its score as recorded, its text (redacted)."""

    name: str
    score: str
    text: str


def documents_in(value: JsonValue) -> tuple[Document, ...]:
    """Return the documents of a list in which every item is one; else nothing."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return ()
    found = [_document(item) for item in value]
    whole = tuple(document for document in found if document is not None)
    return whole if len(whole) == len(value) else ()


def _document(item: JsonValue) -> Document | None:
    if not isinstance(item, Mapping):
        return None
    text = next((item[key] for key in _TEXTS if isinstance(item.get(key), str)), None)
    metadata = item.get("metadata")
    described = {**(metadata if isinstance(metadata, Mapping) else {}), **_plain(item)}
    name = next((str(described[k]) for k in _NAMES if _is_scalar(described.get(k))), "")
    score = next((_number(described[k]) for k in _SCORES if _is_number(described.get(k))), "")
    if not isinstance(text, str) or not (name or score or isinstance(metadata, Mapping)):
        return None
    return Document(one_line(name), score, text)


def _plain(item: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {key: value for key, value in item.items() if _is_scalar(value)}


def _is_scalar(value: JsonValue) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: JsonValue) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)

"""Retrieved documents in recorded values, as MLflow, LangChain and others write them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tracegloss.findings.values import texts
from tracegloss.recorded import JsonValue

_TEXTS = ("page_content", "content", "text", "document", "chunk", "body", "snippet")
_IDS = ("doc_uri", "source", "uri", "url", "doc_id", "document_id", "id", "id_", "path", "title")
_LISTS = ("documents", "docs", "results", "nodes", "source_nodes", "chunks", "matches", "hits")
_DESCRIBED = ("metadata", "score", "similarity", "relevance_score", "distance", "meta")


class Document(Struct, frozen=True):
    """One document: what it calls itself (empty when it does not say) and its text."""

    id: str
    text: str


def documents_in(value: JsonValue) -> tuple[Document, ...] | None:
    """Return the documents of a value shaped like a retrieval's result, `None` for other shapes.

    An empty list is a result without documents.
    """
    items = _items(value)
    if items is None:
        return None
    found = [_document(item) for item in items]
    documents = tuple(document for document in found if document is not None)
    return documents if len(documents) == len(items) else None


def _items(value: JsonValue) -> tuple[JsonValue, ...] | None:
    if isinstance(value, Mapping):
        named = [value[name] for name in _LISTS if name in value]
        return _items(named[0]) if len(named) == 1 and not isinstance(named[0], Mapping) else None
    if value is None or isinstance(value, str | int | float):
        return None
    return tuple(value)


def _document(item: JsonValue) -> Document | None:
    if not isinstance(item, Mapping):
        return _pair(item)
    inner = item.get("node", item.get("document"))
    return _described(item if not isinstance(inner, Mapping) else {"metadata": {}, **inner})


def _described(item: Mapping[str, JsonValue]) -> Document | None:
    text = next((item[name] for name in _TEXTS if isinstance(item.get(name), str)), None)
    name = _id(item)
    if not isinstance(text, str) or not (name or any(key in item for key in _DESCRIBED)):
        return None
    return Document(name, text) if "role" not in item else None


def _pair(item: JsonValue) -> Document | None:
    """Read `[document, score]`, as similarity searches with scores return them."""
    if isinstance(item, str | int | float) or item is None or isinstance(item, Mapping):
        return None
    mappings = [part for part in item if isinstance(part, Mapping)]
    scores = [part for part in item if isinstance(part, int | float)]
    is_pair = len(item) == 2 and len(mappings) == len(scores) == 1
    return _described({"score": scores[0], **mappings[0]}) if is_pair else None


def _id(item: Mapping[str, JsonValue]) -> str:
    metadata = item.get("metadata", item.get("meta"))
    for holder in (metadata, item):
        if isinstance(holder, Mapping):
            for name in _IDS:
                value = holder.get(name)
                if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                    return str(value)
    return ""


def holds_documents(value: JsonValue) -> bool:
    """Tell whether a value, or a member of it, is a list of at least one document."""
    candidates = [value, *(value.values() if isinstance(value, Mapping) else ())]
    return any(documents_in(candidate) for candidate in candidates)


def document_texts(value: JsonValue) -> tuple[str, ...]:
    """Return the text of each document with everything else that stands in it."""
    items = _items(value) or ()
    return tuple("\n".join(texts(item)) for item in items)

"""A secret that is stored, readable by anyone who can read this trace."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import joined, plural
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import JsonValue, Phrase, phrase
from tracegloss.redaction.scan import stored_secrets
from tracegloss.redaction.secret import SecretKind
from tracegloss.reveal import reveal

_PREVIEWS = ("request preview", "response preview")


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report once what kinds of secrets the inputs and outputs of this trace hold, and where."""
    found = stored_secrets(_values(case))
    if not found:
        return
    kinds: dict[SecretKind, None] = {kind: None for held in found.values() for kind in held}
    spans = [holder.partition(" ")[2] for holder in found if holder not in _PREVIEWS]
    outermost = min(spans, key=lambda s: case.tree.depths[s], default=case.root)
    message = joined([phrase(f"{'an' if k[0] in 'aeiou' else 'a'} {k}") for k in kinds])
    verb = "is" if len(kinds) == 1 else "are"
    note = Note(
        message=_capitalized(message) + phrase(f" {verb} stored unredacted in this trace"),
        span_ids=() if outermost is None else (outermost,),
        stable=tuple(sorted(kinds)),
        detail=_where(list(found)),
        values={"places": len(found)},
    )
    yield finding(case, rule, note)


def _values(case: Case) -> Iterator[tuple[str, JsonValue]]:
    info = case.trace.info
    for name, preview in zip(_PREVIEWS, (info.request_preview, info.response_preview), strict=True):
        if preview is not None:
            yield name, reveal(preview)
    for span_id in case.tree.order:
        span = case.spans[span_id]
        if span.inputs is not None:
            yield f"input {span_id}", reveal(span.inputs)
        if span.outputs is not None:
            yield f"output {span_id}", reveal(span.outputs)


def _where(holders: list[str]) -> Phrase:
    words = [phrase(name) for name in _PREVIEWS if name in holders]
    for side in ("input", "output"):
        number = sum(holder.startswith(f"{side} ") for holder in holders)
        if number:
            words.append(phrase(plural(number, f"span {side}")))
    ending = "; redacting it here does not remove it from the store"
    return phrase("In ") + joined(words) + phrase(ending)


def _capitalized(words: Phrase) -> Phrase:
    first, *rest = words.parts
    return Phrase((str(first)[:1].upper() + str(first)[1:], *rest))


RULE = Rule("secret-recorded", Severity.WARNING, Severity.WARNING, look)

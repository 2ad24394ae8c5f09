"""Finds what every report hides: keys, tokens, passwords, credentials in addresses, private keys.

Cost: a text without secrets is searched for a handful of literals, which the interpreter does at
memory speed; a detector's expression runs only where its literal was found. No expression
repeats a repetition, so none can be made to backtrack without end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tracegloss.matcher import matcher
from tracegloss.redaction.cards import card_numbers
from tracegloss.redaction.names import name_kind
from tracegloss.redaction.secret import Secret

# The start of a word; letters of an escape such as `\n` or `\u00e9` do not belong to the word.
_BORDER = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=\\u[0-9a-f]{4}))"
_WORD = r"[A-Za-z0-9_-]"

# Each guard begins with the rarest character of its keys, which is searched for at memory speed.
_KEY_GUARDS = tuple(
    matcher(guard)
    for guard in (
        r"_(?:(?<=[sr]k_)|(?<=gh[posru]_)|(?<=_pat_)|(?<=hf_)|(?<=npm_))",
        r"-(?:(?<=sk-)|(?<=glpat-)|(?<=xox[abeprs]-)|(?<=pypi-))",
        r"I(?:(?<=AKI)A|(?<=ASI)A|(?<=AI)za)",
        r"dapi",
        r"SG\.",
        r"ya29\.",
        r"AccountKey=",
    )
)
_KEY = matcher(
    _BORDER
    + r"(?:"
    + rf"sk-(?:ant-|proj-)?{_WORD}{{16,}}"
    + r"|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}"
    + r"|A[KS]IA[A-Z0-9]{16}"
    + rf"|AIza{_WORD}{{35}}"
    + r"|gh[posru]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}"
    + rf"|glpat-{_WORD}{{16,}}|xox[abeprs]-[A-Za-z0-9-]{{10,}}"
    + r"|dapi[0-9a-f]{32}(?:-[0-9])?|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}"
    + rf"|pypi-AgEI{_WORD}{{16,}}|SG\.{_WORD}{{16,}}\.{_WORD}{{16,}}"
    + rf"|ya29\.{_WORD}{{16,}}(?:\.{_WORD}+)*"
    + r"|AccountKey=(?P<value>[A-Za-z0-9+/=]{16,})"
    + r")"
)

_JWT = matcher(_BORDER + rf"eyJ{_WORD}{{8,}}\.{_WORD}{{8,}}(?:\.{_WORD}*)?")
_SCHEME = matcher(
    r"(?:^|(?<=[:=\"'\\\x1e,])|(?<=[:=] ))"
    r"(?:[Bb]earer[ ]+(?P<bearer>[A-Za-z0-9._~+/=-]{16,})"
    r"|(?:[Bb]asic|[Tt]oken)[ ]+(?P<other>(?=[a-z]*[A-Z0-9._~+/=-])[A-Za-z0-9._~+/=-]{16,}))",
    re.MULTILINE,
)
_SCHEME_GUARDS = ("earer ", "asic ", "oken ")

_CREDENTIALS = matcher(r"://[^\s/:@\"'<>?#]*:(?P<value>[^\s/\"'<>?#]+)@")
_QUERY = matcher(
    r"[?&](?:amp;)?(?:sig|signature|x-amz-signature|x-amz-security-token|token|key|code)="
    r"(?P<value>[^&\s\"'<>#\\]+)",
    re.IGNORECASE,
)

_KEY_MARK = matcher(r"-----(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_BODY = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\\ \r\n\t")

_STEMS = (
    "passw",
    "passphrase",
    "pwd",
    "secret",
    "key",
    "token",
    "authorization",
    "cookie",
    "string",
)
_NAMED_GUARDS = tuple(
    matcher(rf"{stem}[a-z0-9_.-]{{0,40}}[\"'\\]{{0,8}}[ \t]{{0,4}}[:=]") for stem in _STEMS
)
_NAMED = matcher(
    r"(?<![A-Za-z0-9_.-])(?P<name>[A-Za-z0-9_.-]{1,100})[\"'\\]{0,8}"
    r"[ \t]{0,4}(?:=>|:=|[:=])[ \t]{0,4}"
    r"(?:[rbuf]{0,2}(?P<open>\\{0,7}[\"'])|(?P<bare>[^\s\"',;&<>(){}\[\]]+))"
)
_REST_OF_LINE = matcher(r"[^\r\n\x1e\"']*")
_REST_OF_QUOTED = {quote: matcher(rf"(?:\\[^\r\n]|[^\\\r\n\x1e{quote}])*") for quote in ("'", '"')}
_REST_OF_ESCAPED = matcher(r"[^\r\n\x1e]*")
_WHOLE_LINE_NAMES = ("authorization", "cookie", "connection", "string")
_NO_VALUE = matcher(
    r"none|null|true|false|str|int|float|bytes|bool|optional|secretstr|any|undefined|\.\.\.|\*+",
    re.IGNORECASE,
)


def private_keys(text: str) -> Iterator[Secret]:
    """Find private keys in PEM form, also when their beginning or their end was cut off."""
    if "PRIVATE KEY" not in text:
        return
    begun: int | None = None
    reached = 0
    for mark in _KEY_MARK.finditer(text):
        if mark[1] == "BEGIN":
            begun = mark.start() if begun is None else begun
            continue
        start = _body_start(text, mark.start(), reached) if begun is None else begun
        yield Secret(start, mark.end(), "private key")
        begun, reached = None, mark.end()
    if begun is not None:
        yield Secret(begun, len(text), "private key")


def _body_start(text: str, end: int, floor: int) -> int:
    while end > floor and text[end - 1] in _KEY_BODY:
        end -= 1
    return end


def keys(text: str) -> Iterator[Secret]:
    """Find keys that their issuers made recognizable by a prefix."""
    for guard in _KEY_GUARDS:
        if guard.search(text):
            break
    else:
        return
    for match in _KEY.finditer(text):
        start, end = match.span("value") if match["value"] else match.span()
        yield Secret(start, end, "key")


def tokens(text: str) -> Iterator[Secret]:
    """Find JSON web tokens, and credentials behind an HTTP authentication scheme."""
    if "eyJ" in text:
        yield from (Secret(*match.span(), "token") for match in _JWT.finditer(text))
    if any(guard in text for guard in _SCHEME_GUARDS):
        for match in _SCHEME.finditer(text):
            group = "bearer" if match["bearer"] else "other"
            yield Secret(*match.span(group), "token")


def address_credentials(text: str) -> Iterator[Secret]:
    """Find the password of `scheme://user:password@` and signed query values of addresses."""
    if "://" in text and "@" in text:
        for match in _CREDENTIALS.finditer(text):
            yield Secret(*match.span("value"), "url secret")
    if "=" in text and ("?" in text or "&" in text):
        for match in _QUERY.finditer(text):
            yield Secret(*match.span("value"), "url secret")


def named_values(text: str, own: frozenset[str] = frozenset()) -> Iterator[Secret]:
    """Find `name=value`, `name: value` and `"name": "value"` where the name says password."""
    if ("=" not in text and ":" not in text) or not (own or may_name_a_secret(text)):
        return
    for match in _NAMED.finditer(text):
        name = _bare_name(text, match)
        if name_kind(name, own) == "password":
            yield from _named_value(text, match, name)


def _bare_name(text: str, match: re.Match[str]) -> str:
    name = match["name"].rsplit(".", 1)[-1] or match["name"]
    follows_an_escape = match.start() > 0 and text[match.start() - 1] == "\\"
    return name[1:] if follows_an_escape and name[0] in "nrt" else name


def may_name_a_secret(text: str) -> bool:
    """Tell quickly whether a name before `=` or `:` holds one of the words that can tell."""
    lowered = text.lower()
    return any(guard.search(lowered) for guard in _NAMED_GUARDS)


def _named_value(text: str, match: re.Match[str], name: str) -> Iterator[Secret]:
    if match["open"] is not None:
        start = match.end()
        end = _end_of_quoted(text, start, match["open"])
    else:
        start, end = match.span("bare")
        if name.lower().endswith(_WHOLE_LINE_NAMES):
            end = _end_of(_REST_OF_LINE, text, start)
    value = text[start:end].rstrip(" ")
    if value and value != name and not _NO_VALUE.fullmatch(value):
        yield Secret(start, start + len(value), "password")


def _end_of_quoted(text: str, start: int, opening: str) -> int:
    if len(opening) == 1:
        return _end_of(_REST_OF_QUOTED[opening], text, start)
    line_end = _end_of(_REST_OF_ESCAPED, text, start)
    closing = text.find(opening, start, line_end)
    return line_end if closing < 0 else closing


def _end_of(expression: re.Pattern[str], text: str, start: int) -> int:
    matched = expression.match(text, start)
    return start if matched is None else matched.end()


Detector = Callable[[str], Iterator[Secret]]
DETECTORS: tuple[Detector, ...] = (
    private_keys,
    keys,
    tokens,
    address_credentials,
    named_values,
    card_numbers,
)

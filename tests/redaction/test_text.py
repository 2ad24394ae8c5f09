"""What a report hides in free text, and what it must leave alone."""

from __future__ import annotations

import pytest

from tracegloss.model.settings import RedactionLevel, RedactionSettings
from tracegloss.redaction import Redactor


def check(text: str, shown: str, level: RedactionLevel = "secrets") -> None:
    assert Redactor(RedactionSettings(level=level)).plain(text) == shown


PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow/+=\n-----END RSA PRIVATE KEY-----"

HIDDEN = {
    "openai": ("use sk-abcdefghijklmnop1234 now", "use [key #1] now"),
    "anthropic": ("sk-ant-api03-abcdefghijklmnop", "[key #1]"),
    "project": ("'sk-proj-abcdefghij_klmn-op'", "'[key #1]'"),
    "stripe": ("rk_live_4eC39HqLyjWDarjtT1", "[key #1]"),
    "aws": ("AKIAIOSFODNN7EXAMPLE.", "[key #1]."),
    "google": ("AIzaSyA-1234567890abcdefghijklmnopqrstu", "[key #1]"),
    "github": ("x=ghp_16C7e42F292c6912E7710c838347Ae178B4a", "x=[key #1]"),
    "github fine": ("github_pat_11ABCDEFG0abcdefghijkl_mn", "[key #1]"),
    "gitlab": ("glpat-abcdefghij0123456789", "[key #1]"),
    "slack": ("xoxb-123456789012-abcdef", "[key #1]"),
    "databricks": ("dapi0123456789abcdef0123456789abcdef", "[key #1]"),
    "hugging face": ("hf_abcdefghijklmnopqrstuvwxyzABCDEFGH", "[key #1]"),
    "npm": ("npm_abcdefghijklmnopqrstuvwxyz0123456789", "[key #1]"),
    "pypi": ("pypi-AgEIcHlwaS5vcmcCJGFiY2Rl", "[key #1]"),
    "sendgrid": ("SG.abcdefghijklmnopqrst.uvwxyzabcdefghijklmn", "[key #1]"),
    "google access": ("ya29.a0AfH6SMBabcdefghijk", "[key #1]"),
    "azure": (
        "AccountName=a;AccountKey=abcdefghijklmnop/+==;",
        "AccountName=a;AccountKey=[key #1];",
    ),
    "escaped line end before": ("a\\nsk-abcdefghijklmnop1234", "a\\n[key #1]"),
    "json web token": ("eyJhbGciOiJI.eyJzdWIiOiIx.SflKxw-_", "[token #1]"),
    "json web token, cut": ("eyJhbGciOiJI.eyJzdWIiOiIx", "[token #1]"),
    "bearer": ("Authorization: Bearer abcdef0123456789", "Authorization: [token #1]"),
    "basic": ('"Basic dXNlcjpwYXNzd29yZA=="', '"Basic [token #1]"'),
    "assignment": ("PASSWORD=hunter2 next", "PASSWORD=[password #1] next"),
    "colon": ("db_password: hunter2", "db_password: [password #1]"),
    "json": ('say {"apiKey": "a b", "n": 1}', 'say {"apiKey": "[password #1]", "n": 1}'),
    "json, escaped": ('{\\"secret\\": \\"a\'b\\", 1}', '{\\"secret\\": \\"[password #1]\\", 1}'),
    "quote inside": ('x "pwd": "a\\"b" y', 'x "pwd": "[password #1]" y'),
    "python": ("{'auth_token': 'it is'}", "{'auth_token': '[password #1]'}"),
    "cookie": ("Set-Cookie: a=b; c=d\nnext", "Set-Cookie: [password #1]\nnext"),
    "address": ("postgres://app:p%40ss@db/x", "postgres://app:[url secret #1]@db/x"),
    "address, at sign": ("http://u:p@ss@h/", "http://u:[url secret #1]@h/"),
    "signed query": ("https://h/f?a=1&sig=a%2Fb&c=2", "https://h/f?a=1&sig=[url secret #1]&c=2"),
    "private key": (f"a {PEM} b", "a [private key #1] b"),
    "private key without end": (PEM[:50], "[private key #1]"),
    "private key without beginning": (PEM[33:] + " b", "[private key #1] b"),
    "card": ("My card is 4111 1111 1111 1111, ok", "My card is [card number #1], ok"),
    "card, dashes": ("4111-1111-1111-1111", "[card number #1]"),
    "card, after a word": ("card-5500005555555559", "card-[card number #1]"),
    "card, amex": ("3782 822463 10005", "[card number #1]"),
    "card among numbers": ("12 4111 1111 1111 1111 12", "12 [card number #1] 12"),
    "equal values": (
        "pwd=a1 pwd=b2 pwd=a1",
        "pwd=[password #1] pwd=[password #2] pwd=[password #1]",
    ),
    "equal cards": ("4111111111111111 4111 1111 1111 1111", "[card number #1] [card number #1]"),
}

SHOWN = (
    "",
    "task-management-and-more-words",
    "max_tokens=4096 input_tokens: 12 total_tokens: 13",
    "author: Jane session_id=abc key: value token: abc",
    "00000000-0000-0000-0000-000000000000",
    "4111111111111112",
    "1111 1111 1111 1111",
    "4111111111111111a",
    "0.4111111111111111",
    "a4111111111111111",
    "12-4111111111111111",
    "1700000000000000000",
    "tr-b9fc83a5fa27e603f05a347b7eb71243 967a0de6f3942138",
    "Basic internationalization of texts",
    "def login(password: str, api_key=None) -> bool",
    "login(password=password)",
    "the tokens of a secret garden, a cookie and a key",
    "http://localhost:5000/#/experiments/1/traces",
    "bob@example.org called +49 30 1234567 from 10.0.0.1",
    '{"id": "call_9f8e7d6c5b4a39281706", "tool": "find_order"}',
)

PERSONAL = {
    "mail": ("to bob.b@mail.example.org.", "to [e-mail #1]."),
    "phone": ("call +49 30 1234567 now", "call [phone number #1] now"),
    "bank account": ("DE89 3704 0044 0532 0130 00", "[IBAN #1]"),
    "bank account, wrong check": ("NL92 ABNA 0417 1643 00", "NL92 ABNA 0417 1643 00"),
    "spanish": ("12345678Z", "[national id #1]"),
    "spanish, wrong check": ("12345678A", "12345678A"),
    "brazilian": ("111.444.777-35", "[national id #1]"),
    "french": ("2 55 08 14 168 025 38", "[national id #1]"),
    "finnish": ("131052-308T", "[national id #1]"),
    "swedish": ("811228-9874", "[national id #1]"),
    "ipv4": ("10.0.0.1:80", "[IP address #1]:80"),
    "ipv6": ("at fe80::1 and", "at [IP address #1] and"),
    "time": ("12:30:45 v1.2.3", "12:30:45 v1.2.3"),
    "secrets too": ("pwd=a1", "pwd=[password #1]"),
}


@pytest.mark.parametrize("text, shown", HIDDEN.values(), ids=HIDDEN)
def test_secrets_are_replaced_by_kind_and_number(text: str, shown: str) -> None:
    check(text, shown)


@pytest.mark.parametrize("text", SHOWN)
def test_what_only_resembles_a_secret_stays(text: str) -> None:
    check(text, text)


@pytest.mark.parametrize("text, shown", PERSONAL.values(), ids=PERSONAL)
def test_personal_data_is_replaced_at_its_own_level(text: str, shown: str) -> None:
    check(text, shown, "personal")


@pytest.mark.parametrize("text", [text for text, _ in HIDDEN.values()])
def test_the_level_off_shows_everything(text: str) -> None:
    check(text, text, "off")

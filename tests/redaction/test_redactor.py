"""The redactor of one report: structure, names, numbering, excerpts, secrets planted anywhere."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegloss.model.settings import RedactionLevel, RedactionSettings
from tracegloss.recorded import JsonValue, Recorded, phrase
from tracegloss.redaction import Redactor

RANDOM = "aB3dE5fG7hI9jK1lM3nO5pQ7"


def check(value: JsonValue, shown: JsonValue, level: RedactionLevel = "secrets") -> None:
    assert Redactor(RedactionSettings(level, keys=("Badge-No",))).value(Recorded(value)) == shown


VALUES: dict[str, tuple[JsonValue, JsonValue]] = {
    "under a telling name": ({"dbPassword": "x", "n": 1}, {"dbPassword": "[password #1]", "n": 1}),
    "number": ({"password": 1234}, {"password": "[password #1]"}),
    "flag": ({"has_password": True}, {"has_password": True}),
    "empty": ({"password": "", "secret": None}, {"password": "", "secret": None}),
    "below a telling name": (
        {"authorization": {"scheme": ["a"]}},
        {"authorization": {"scheme": ["[password #1]"]}},
    ),
    "own name": ({"badge_no": "x1", "badge": "x1"}, {"badge_no": "[password #1]", "badge": "x1"}),
    "header": ({"Set-Cookie": "a=b; c"}, {"Set-Cookie": "[password #1]"}),
    "a recognized key keeps its kind": (
        {"api_key": "sk-abcdefghijklmnop1234"},
        {"api_key": "[key #1]"},
    ),
    "random value of a key": ({"cache_key": RANDOM}, {"cache_key": "[high-entropy value #1]"}),
    "random value elsewhere": ({"call_id": RANDOM}, {"call_id": RANDOM}),
    "words under a key": (
        {"key": "refund policy of the shop"},
        {"key": "refund policy of the shop"},
    ),
    "counts": ({"max_tokens": 4096, "token": "abc"}, {"max_tokens": 4096, "token": "abc"}),
    "card as a number": ([4111111111111111], ["[card number #1]"]),
    "key in a name": ({"sk-abcdefghijklmnop1234": 1}, {"[key #1]": 1}),
    "json in a string": (f'{{"token": "{RANDOM}"}}', '{"token": "[high-entropy value #1]"}'),
    "json in json": (
        {"arguments": json.dumps({"body": json.dumps({"password": "x"})})},
        {"arguments": json.dumps({"body": json.dumps({"password": "[password #1]"})})},
    ),
    "broken json": ('{"password": "abc', '{"password": "[password #1]'),
    "clean json keeps its form": ('{"a":1,  "token":"abc"}', '{"a":1,  "token":"abc"}'),
}


@pytest.mark.parametrize("value, shown", VALUES.values(), ids=VALUES)
def test_structure_stays_and_names_tell(value: JsonValue, shown: JsonValue) -> None:
    check(value, shown)


def test_people_are_hidden_by_name_at_the_personal_level_alone() -> None:
    recorded: JsonValue = {"mlflow.user": "bob", "source_id": "eve"}
    check(recorded, recorded)
    check(recorded, {"mlflow.user": "[person #1]", "source_id": "[person #2]"}, "personal")
    redactor = Redactor(RedactionSettings("personal"))
    assert redactor.named("source_id", Recorded("eve")) == "[person #1]"


def test_equal_values_have_equal_numbers_in_all_of_a_report() -> None:
    redactor = Redactor()
    assert redactor.text(Recorded("password=abc1")) == "password=[password #1]"
    assert redactor.value(Recorded({"secret": "abc1", "pwd": "z"})) == {
        "secret": "[password #1]",
        "pwd": "[password #2]",
    }
    assert redactor.counts == {"password": 2}


def test_every_piece_of_a_phrase_is_redacted() -> None:
    said = phrase("{type}: {message}", type=Recorded("E"), message=Recorded("pwd=abc"))
    assert Redactor().phrase(said) == "E: pwd=[password #1]"


def test_settings_are_shown_by_name_and_value() -> None:
    redactor = Redactor()
    assert redactor.setting("MLFLOW_TRACKING_PASSWORD", "x") == "[password #1]"
    assert redactor.setting("URI", "http://u:p@h") == "http://u:[url secret #1]@h"


def test_values_nested_beyond_all_sense_are_survived() -> None:
    value: JsonValue = {"password": "hunter2"}
    for _ in range(20_000):
        value = [value]
    assert "hunter2" not in str(Redactor().value(Recorded(value)))


SECRETS = (
    "sk-abcdefghijklmnop1234",
    "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeKKF2",
    "-----BEGIN PRIVATE KEY-----\nMIIEow\n-----END PRIVATE KEY-----",
    "4111 1111 1111 1111",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
)
EDGES = st.sampled_from(("", " ", "\n", '"', "(", ": ", "\\n", "é"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def planted(draw: st.DrawFn) -> tuple[JsonValue, str]:
    """A value with a secret somewhere: in a text, a name, or JSON written into a string."""
    secret = draw(st.sampled_from(SECRETS))
    value: JsonValue = draw(EDGES) + secret + draw(EDGES)
    for form in draw(st.lists(st.sampled_from(["list", "name", "value", "json"]), max_size=4)):
        if form == "json":
            value = json.dumps(value)
        elif form == "list":
            value = [draw(JSON), value]
        elif form == "value":
            value = {"name": value, **draw(st.dictionaries(st.text(max_size=5), JSON, max_size=2))}
        elif isinstance(value, str):
            value = {value: draw(JSON)}
    return value, secret


@given(planted())
def test_a_planted_secret_is_never_shown(case: tuple[JsonValue, str]) -> None:
    value, secret = case
    shown = json.dumps(Redactor().value(Recorded(value)), ensure_ascii=False)
    assert secret not in shown
    assert secret.split("\n")[-2 if "\n" in secret else 0] not in shown

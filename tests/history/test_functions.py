"""Functions found again in a later tree: identical, moved, edited or gone, and where."""

from __future__ import annotations

import pytest

from tracegloss.history.code import Code, code_of_texts
from tracegloss.history.functions import CarriedFunctions
from tracegloss.model.resolution import Freshness
from tracegloss.model.site import FunctionId

Files = dict[str, str]

LOOKUP = """\
    @mlflow.trace
    def lookup(self, query, top_k=3):
        ranked = sorted(self.documents, key=lambda d: self.score(query, d))
        return ranked[:top_k]
"""
GREET = """\
def greet(name):
    \"\"\"Say hello.\"\"\"
    words = ["Hello", name]
    return " ".join(words)
"""
BYE = """\
def bye(name):
    total = sum(len(part) for part in name.split())
    return f"Bye {name}, {total}"
"""
HEAD = "import mlflow\n\n"
CLASS = f"class Index:\n{LOOKUP}"
APP = f"{HEAD}{GREET}\n{CLASS}\n{BYE}"


NAMESAKES = f"""\
{HEAD}class One:
    def items(self):
        return [(key, self[key]) for key in self if key]


class Two:
    def items(self, section):
        return [(key, value) for key, value in self.rows(section) if key]
"""


def edited(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


CASES: dict[str, tuple[Files, str]] = {
    "nothing": ({"app.py": APP}, "identical app.py:3 greet"),
    "comment behind it": (
        {"app.py": edited(APP, 'return " ".join(words)', 'return " ".join(words)  # so')},
        "identical app.py:3 greet",
    ),
    "other function edited": (
        {"app.py": edited(APP, "Bye ", "Farewell ")},
        "identical app.py:3 greet",
    ),
    "moved down": ({"app.py": f"# a\n# b\n{APP}"}, "moved app.py:5 greet"),
    "below the others": ({"app.py": f"{HEAD}{CLASS}\n{BYE}\n{GREET}"}, "moved app.py:13 greet"),
    "file renamed": ({"talk.py": APP}, "moved talk.py:3 greet"),
    "file renamed and edited elsewhere": (
        {"talk.py": edited(APP, "Bye ", "Farewell ")},
        "moved talk.py:3 greet",
    ),
    "function renamed": ({"app.py": edited(APP, "def greet", "def hello")}, "moved app.py:3 hello"),
    "both renamed": ({"talk.py": edited(APP, "def greet", "def hello")}, "moved talk.py:3 hello"),
    "moved to another file": (
        {"app.py": f"{HEAD}{CLASS}\n{BYE}", "words.py": f"{HEAD}import os\n\n{GREET}"},
        "moved words.py:5 greet",
    ),
    "moved and renamed": (
        {"app.py": f"{HEAD}{CLASS}\n{BYE}", "words.py": edited(GREET, "greet", "hello")},
        "moved words.py:1 hello",
    ),
    "a stub is left behind": (
        {"app.py": "from talk import greet\n", "talk.py": APP},
        "moved talk.py:3 greet",
    ),
    "renamed, another took its name": (
        {"app.py": edited(APP, "def greet", "def hello") + "\ndef greet():\n    pass\n"},
        "moved app.py:3 hello",
    ),
    "names exchanged": (
        {
            "app.py": edited(
                edited(edited(APP, "def greet", "def _"), "def bye", "def greet"),
                "def _",
                "def bye",
            )
        },
        "moved app.py:3 bye",
    ),
    "body edited": ({"app.py": edited(APP, "Hello", "Hi")}, "edited app.py:3 greet"),
    "docstring edited": ({"app.py": edited(APP, "Say hello", "Greet")}, "edited app.py:3 greet"),
    "signature edited": (
        {"app.py": edited(APP, "greet(name)", "greet(name, to=None)")},
        "edited app.py:3 greet",
    ),
    "decorated": (
        {"app.py": edited(APP, "def greet", "@mlflow.trace\ndef greet")},
        "edited app.py:4 greet",
    ),
    "made async": (
        {"app.py": edited(APP, "def greet", "async def greet")},
        "edited app.py:3 greet",
    ),
    "edited and renamed": (
        {"app.py": edited(edited(APP, "def greet", "def hello"), "Hello", "Hi")},
        "edited app.py:3 hello",
    ),
    "edited in a renamed file": (
        {"talk.py": edited(APP, "Hello", "Hi")},
        "edited talk.py:3 greet",
    ),
    "edited in another file": (
        {
            "app.py": f"{HEAD}{CLASS}\n{BYE}",
            "words.py": edited(GREET, "Hello", "Hi"),
        },
        "edited words.py:1 greet",
    ),
    "reformatted": (
        {"app.py": edited(APP, '["Hello", name]', "[\n        'Hello',\n        name,\n    ]")},
        "identical app.py:3 greet",
    ),
    "deleted": ({"app.py": f"{HEAD}{CLASS}\n{BYE}"}, "gone"),
    "deleted with its file": ({"other.py": "x = 1\n"}, "gone"),
    "deleted, an unlike one is new": (
        {"app.py": f"{HEAD}{CLASS}\n{BYE}\ndef total(rows):\n    return sum(r.x for r in rows)\n"},
        "gone",
    ),
}  # fmt: skip


def code(files: Files) -> Code:
    encoded = {path: text.encode() for path, text in files.items()}
    return Code(encoded.keys(), encoded.get)


def carried(then: Files, now: Files, path: str, qualified_name: str) -> str:
    before = code(then)
    functions = CarriedFunctions(before, code(now))
    entry = next(e for e in before.functions(path) if e.function.qualified_name == qualified_name)
    there = functions.carry(entry.function)
    if there.entry is None:
        return there.freshness.value
    at = there.entry.at
    place = f"{at.path}:{at.range.start.line + 1}"
    return f"{there.freshness.value} {place} {there.entry.function.qualified_name}"


@pytest.mark.parametrize("now, expected", CASES.values(), ids=CASES.keys())
def test_what_became_of_a_function(now: Files, expected: str) -> None:
    assert carried({"app.py": APP}, now, "app.py", "greet") == expected


def test_a_method_of_a_renamed_class() -> None:
    now = {"app.py": edited(APP, "class Index", "class KeywordIndex")}
    assert carried({"app.py": APP}, now, "app.py", "Index.lookup") == (
        "moved app.py:10 KeywordIndex.lookup"
    )


TWIN = "class {name}:\n    def run(self):\n        return self.step()\n\n"
TWINS = "".join(TWIN.format(name=name) for name in ("First", "Second", "Third"))


def test_of_equal_functions_the_one_between_the_same_neighbours_is_meant() -> None:
    now = {"app.py": edited(edited(TWINS, "First", "Uno"), "Third", "Tre")}
    assert (
        carried({"app.py": TWINS}, now, "app.py", "Second.run") == "identical app.py:6 Second.run"
    )
    assert carried({"app.py": TWINS}, now, "app.py", "Third.run") == "moved app.py:10 Tre.run"


def test_of_two_of_one_name_each_is_carried_to_its_own() -> None:
    then = "if x:\n    def go():\n        return 1\nelse:\n    def go():\n        return 2\n"
    now = f"import os\n{edited(then, 'return 2', 'return 3')}"
    before = code({"app.py": then})
    functions = CarriedFunctions(before, code({"app.py": now}))
    assert [
        functions.carry(FunctionId("app.py", "go", line)).freshness.value for line in (1, 4)
    ] == [
        "moved",
        "edited",
    ]


def test_a_deleted_function_is_not_another_one_that_was_renamed() -> None:
    """Both were called `items`; what is new in the file is the other one under another name."""
    _, _, second = NAMESAKES.partition("class Two")
    now = HEAD + "class Two" + second.replace("def items", "def items_of")
    trees = [code_of_texts({"a.py": text.encode()}) for text in (NAMESAKES, now)]
    carried = CarriedFunctions(*trees)
    found = {
        e.function.qualified_name: carried.carry(e.function)
        for e in trees[0].functions("a.py")
        if e.name == "items"
    }
    assert found["One.items"].freshness is Freshness.GONE
    assert found["Two.items"].freshness is Freshness.MOVED

"""The histories: what was done to an application since its traces were recorded, one row each."""

from __future__ import annotations

from tests.eval.history.edits import (
    append,
    before,
    cut,
    move,
    name,
    reformat,
    rename,
    swap,
    word,
    write,
)
from tests.eval.history.making import Commit, History

TOOLS, SEARCH, AGENT = "desk/tools.py", "desk/search.py", "desk/agent.py"
MODEL, CHECKS, TEXTS, MAIL = "desk/model.py", "desk/checks.py", "desk/texts.py", "desk/mail.py"
STUDY = "study.cells.py"

HELPERS = '''def is_order(text):
    """Tell whether a text names an order."""
    return re.search(r'A-\\d+', text) is not None


'''

DOWN = Commit(
    "Tell orders apart",
    (
        before(TOOLS, "def order_id", HELPERS),
        before(SEARCH, "PAGES = {", "# Pages are few, so they stand here.\n\n"),
        before(AGENT, "class Desk:", "SHORTEST = 3\n\n\n"),
    ),
)
FILE_RENAMED = Commit(
    "Call retrieval by its name",
    (
        rename(SEARCH, "desk/retrieval/index.py"),
        write("desk/retrieval/__init__.py", ""),
        swap(AGENT, "from desk.search import", "from desk.retrieval.index import"),
    ),
)
FUNCTION_RENAMED = Commit("Look orders up", (name("find_order", "lookup_order"),))
CLASS_RENAMED = Commit("Say what kind of index", (word("Index", "KeywordIndex"),))
REFUNDS = "desk/refunds.py"
MOVED = Commit(
    "Keep refunds by themselves",
    (
        write(REFUNDS, "import mlflow\n\nfrom desk.tools import ORDERS, order_id\n"),
        move(TOOLS, "refund_order", REFUNDS),
        swap(
            AGENT,
            "find_order, refund_order\n",
            "find_order\nfrom desk.refunds import refund_order\n",
        ),
    ),
)
SIGNATURE = Commit(
    "Let the model be chosen",
    (
        swap(
            MODEL,
            "def complete(prompt, limit=40):",
            "def complete(prompt, limit=40, model='small'):",
        ),
    ),
)
BODY = Commit(
    "Look at words without case",
    (
        swap(
            SEARCH,
            "mine = set(query.lower().split())",
            "mine = {w.strip('.,') for w in query.lower().split()}",
        ),
        swap(CHECKS, "return CARD.sub('[card]', text)", "return CARD.sub('[card number]', text)"),
    ),
)
DELETED = Commit(
    "Greet nobody",
    (cut(AGENT, "greet"), swap(AGENT, "{self.greet()} {redact(said)}", "{redact(said)}")),
)
COMMENTS = Commit(
    "Explain",
    (
        before(
            TOOLS, "    key = order_id(text)\n    with", "    # An order is named by its key.\n"
        ),
        before(SEARCH, "    scored.sort", "    # The best first.\n"),
        swap(CHECKS, "def redact(text):", "def redact(text):  # twice is harmless"),
    ),
)
DOCSTRING = Commit(
    "Describe the tools",
    (
        swap(
            TOOLS,
            "def cancel_order(text):  #@cancel_order\n",
            'def cancel_order(text):  #@cancel_order\n    """Cancel the order a text names."""\n',
        ),
    ),
)
TWIN_CUT = Commit(
    "Shorten only once",
    (
        cut(TEXTS, "title"),
        swap(MAIL, "from desk.texts import title", "from desk.texts import shorten"),
        swap(MAIL, "title(f'", "shorten(f'"),
    ),
)
SWAPPED = Commit("Order by use", (move(CHECKS, "check_input", CHECKS),))
CONSTANTS = Commit(
    "Know one more order",
    (
        swap(TOOLS, "'amount': 289}}", "'amount': 289}, 'A-19': {'state': 'sent', 'amount': 3}}"),
        swap(AGENT, "LONGEST = 60", "LONGEST = 80"),
    ),
)
RENAMED_AND_EDITED = Commit(
    "Count words of titles twice",
    (
        name("overlap", "title_overlap"),
        swap(
            SEARCH,
            "return round(len(mine & theirs) / max(1, len(mine)), 3)",
            "return round(2 * len(mine & theirs) / max(1, len(mine)), 3)",
        ),
    ),
)
FILE_RENAMED_AND_EDITED = Commit(
    "Rename the tools and cancel late orders too",
    (
        rename(TOOLS, "desk/orders.py"),
        swap(AGENT, "from desk.tools import", "from desk.orders import"),
        swap("desk/orders.py", "== 'delivered'", "in ('delivered', 'lost')"),
    ),
)
SPLIT = Commit(
    "Keep pages and ranking apart",
    (
        write("desk/ranking.py", "import mlflow\n"),
        move(SEARCH, "rank", "desk/ranking.py"),
        move(SEARCH, "overlap", "desk/ranking.py"),
        rename(SEARCH, "desk/pages.py"),
        swap(
            AGENT,
            "from desk.search import Index, rank\n",
            "from desk.pages import Index\nfrom desk.ranking import rank\n",
        ),
    ),
)
DECORATOR = Commit(
    "Name the completion after the model",
    (
        swap(
            MODEL,
            "@mlflow.trace(name='completion', span_type='LLM')",
            "@mlflow.trace(name='small model', span_type='LLM')",
        ),
    ),
)
RETRIED = Commit(
    "Complete once more after a fault",
    (
        before(MODEL, "@mlflow.trace(name", "@retried(2)\n"),
        before(
            MODEL, "@retried", "def retried(times):\n    return lambda function: function\n\n\n"
        ),
    ),
)
BODY_BACK = Commit(
    "Look at words as they are",
    (
        swap(
            SEARCH,
            "mine = {w.strip('.,') for w in query.lower().split()}",
            "mine = set(query.lower().split())",
        ),
        swap(CHECKS, "return CARD.sub('[card number]', text)", "return CARD.sub('[card]', text)"),
    ),
)
ASYNC = Commit(
    "Send without waiting for the loop",
    (
        swap(MAIL, "    await asyncio.sleep(0)\n", ""),
        swap(MAIL, "import asyncio\n", "from __future__ import annotations\n\nimport asyncio\n"),
    ),
)
WITH_MOVED = Commit(
    "Ask for the window outside of the refund",
    (
        swap(
            TOOLS,
            "    key = order_id(text)\n    with mlflow",
            "    key = order_id(text)\n    print(key)\n    with mlflow",
        ),
    ),
)
HELPER_EDITED = Commit(
    "Name the order that is missing",
    (swap(TOOLS, "'no order is named'", "'no order is named, such as A-17'"),),
)
GROWN = (
    DOWN,
    CLASS_RENAMED,
    MOVED,
    Commit("Thank for a question", (append(TEXTS, "\n\ndef thanks():\n    return 'Thank you'\n"),)),
    FUNCTION_RENAMED,
    SIGNATURE,
    FILE_RENAMED,
    Commit(
        "Explain",
        (before("desk/retrieval/index.py", "    scored.sort", "    # The best first.\n"),),
    ),
    DELETED,
)
TYPED = Commit(
    "Say the types",
    (
        swap(
            TEXTS, "def shorten(text, limit=40):", "def shorten(text: str, limit: int = 40) -> str:"
        ),
        swap(CHECKS, "def check_input(text):", "def check_input(text: str) -> str:"),
    ),
)
PULLED_OUT = Commit(
    "Compose by itself",
    (
        swap(
            AGENT,
            "        with mlflow.start_span('compose', span_type='CHAIN') as span:  #@compose\n"
            "            span.set_inputs({'facts': facts})\n"
            "            said = complete(f'{text}\\n{facts}\\n{documents}', limit=LONGEST)\n"
            "            span.set_outputs(said)\n",
            "        said = complete(f'{text}\\n{facts}\\n{documents}', limit=LONGEST)\n",
        ),
    ),
)

COPIED = Commit(
    "Rank mails too",
    (
        append(
            MAIL,
            "\n\n@mlflow.trace(span_type='RERANKER')\ndef rank(query, hits):\n"
            "    scored = [(overlap(query, text), name, text) for name, text in hits]\n"
            "    scored.sort(reverse=True)\n    return [text for _, _, text in scored]\n",
        ),
        swap(MAIL, "from desk.texts", "from desk.search import overlap\nfrom desk.texts"),
    ),
)
GREETED_AGAIN = Commit(
    "Greet again",
    (
        append(
            AGENT,
            "\n    @mlflow.trace\n    def greet(self):  #@greet\n"
            "        return GREETINGS.get(self.name[:1], 'Hello') + f' {self.name}!'\n",
        ),
        swap(AGENT, "return f'{redact(said)}'", "return f'{self.greet()} {redact(said)}'"),
    ),
)
EXCHANGED = Commit(
    "Exchange two names",
    (
        swap(TOOLS, "def find_order(text):", "def other(text):"),
        swap(TOOLS, "def cancel_order(text):", "def find_order(text):"),
        swap(TOOLS, "def other(text):", "def cancel_order(text):"),
    ),
)
CONDITIONAL = Commit(
    "Complete only where there is a model",
    (
        swap(
            MODEL,
            "@mlflow.trace(name='completion', span_type='LLM')\ndef complete(prompt, limit=40):"
            "  #@complete\n    words = prompt.split()\n    kept = words[-limit:]\n"
            "    if len(kept) < 3:\n        kept = kept + ['(nothing', 'to', 'add)']\n"
            "    return ' '.join(kept)\n",
            "if mlflow.__version__:\n\n    @mlflow.trace(name='completion', span_type='LLM')\n"
            "    def complete(prompt, limit=40):  #@complete\n        words = prompt.split()\n"
            "        kept = words[-limit:]\n        if len(kept) < 3:\n"
            "            kept = kept + ['(nothing', 'to', 'add)']\n"
            "        return ' '.join(kept)\n",
        ),
    ),
)
EXTRACTED = Commit(
    "Score by itself",
    (
        swap(
            SEARCH,
            "    mine = set(query.lower().split())\n    theirs = set(text.lower().split())\n"
            "    return round(len(mine & theirs) / max(1, len(mine)), 3)\n",
            "    return shared(query, text)\n\n\ndef shared(query, text):\n"
            "    mine = set(query.lower().split())\n    theirs = set(text.lower().split())\n"
            "    return round(len(mine & theirs) / max(1, len(mine)), 3)\n",
        ),
    ),
)
RENAMED_LATER = Commit("Call it shared words", (name("overlap", "shared_words"),))
NOISE = tuple(
    Commit(f"Write more, {number}", (append("README.md", f"\nLine {number}.\n"),))
    for number in range(30)
)

CELL_ABOVE = Commit(
    "Look at the data first",
    (
        swap(
            STUDY,
            "# %%\n@mlflow.trace\ndef clean",
            "# %%\nimport math\n# %%\n@mlflow.trace\ndef clean",
        ),
    ),
)
CELL_EDITED = Commit(
    "Judge more strictly",
    (
        swap(STUDY, "return 'good' if value > 0.6", "return 'good' if value > 0.8"),
        swap(
            STUDY, "# %%\n@mlflow.trace\ndef clean", "# %%\n# Words only.\n@mlflow.trace\ndef clean"
        ),
    ),
)
CELL_CUT = Commit(
    "Keep the study short",
    (
        swap(STUDY, "# %%\nprint(judge('Your  order", "# %%\nprint('in short', judge('Your  order"),
        cut(STUDY, "clean"),
        swap(STUDY, "    cleaned = clean(text)\n", "    cleaned = text.strip()\n"),
    ),
)

VERSIONED = """\
import mlflow

import main

mlflow.set_experiment('desk')
mlflow.genai.enable_git_model_versioning()
main.main()
"""
UNCOMMITTED = (*DOWN.edits, *BODY.edits)
DIRTY = History("recorded with uncommitted edits", "desk", (), uncommitted=UNCOMMITTED)
"""How `recordings/desk-dirty` was made: MLflow stored the difference with the model."""

HISTORIES = (
    History("nothing happened", "desk", ()),
    History("moved down", "desk", (DOWN,)),
    History("file renamed", "desk", (FILE_RENAMED,)),
    History("function renamed", "desk", (FUNCTION_RENAMED,), edited={"plan": 1}),
    History("class renamed", "desk", (CLASS_RENAMED,)),
    History(
        "file and function renamed",
        "desk",
        (Commit("Rename", (name("overlap", "shared_words"), *FILE_RENAMED.edits)),),
        edited={"rank": 1},
    ),
    History("moved to another file", "desk", (MOVED,)),
    History("signature changed", "desk", (SIGNATURE,), edited={"complete": 1}),
    History("types added", "desk", (TYPED,), edited={"shorten": 1, "check_input": 1}),
    History("body edited", "desk", (DOWN, BODY), edited={"overlap": 2, "redact": 2}),
    History("edited and edited back", "desk", (BODY, BODY_BACK)),
    History("deleted", "desk", (DELETED,), edited={"answer": 1, "compose": 1}, gone={"greet": 1}),
    History("reformatted", "desk", (Commit("Format", (reformat(60, "double"),)),)),
    History("reformatted wide", "desk", (Commit("Format", (reformat(120, "double"),)),)),
    History("comments", "desk", (COMMENTS,)),
    History("docstring", "desk", (DOCSTRING,), edited={"cancel_order": 1}),
    History("twin deleted", "desk", (TWIN_CUT,), edited={"send": 1}, gone={"title": 1}),
    History("order changed", "desk", (SWAPPED,)),
    History("constants around", "desk", (CONSTANTS,)),
    History("helper edited", "desk", (HELPER_EDITED,)),
    History("renamed and edited", "desk", (RENAMED_AND_EDITED,), edited={"rank": 1, "overlap": 1}),
    History(
        "file renamed and edited",
        "desk",
        (FILE_RENAMED_AND_EDITED,),
        edited={"cancel_order": 1},
    ),
    History("file split", "desk", (SPLIT,)),
    History("coroutines", "desk", (ASYNC,), edited={"send": 1}),
    History(
        "line above a with", "desk", (WITH_MOVED,), edited={"refund_order": 1, "policy_window": 1}
    ),
    History("with removed", "desk", (PULLED_OUT,), edited={"answer": 1}, gone={"compose": 1}),
    History(
        "grown",
        "desk",
        GROWN,
        edited={"plan": 5, "complete": 6, "answer": 9, "compose": 9},
        gone={"greet": 9},
    ),
    History(
        "branches merged",
        "desk",
        (DOWN, SIGNATURE, FUNCTION_RENAMED, BODY),
        shape="merged",
        edited={"plan": 3, "complete": 2, "overlap": 4, "redact": 4},
    ),
    History(
        "uncommitted edits",
        "desk",
        (DOWN, BODY),
        shape="uncommitted",
        edited={"overlap": 0, "redact": 0},
    ),
    History(
        "uncommitted renaming",
        "desk",
        (DOWN, FUNCTION_RENAMED),
        shape="uncommitted",
        edited={"plan": 0},
    ),
    History("head detached", "desk", (DOWN, SIGNATURE), shape="detached", edited={"complete": 2}),
    History(
        "on a sibling branch", "desk", (DOWN, SIGNATURE), shape="sibling", edited={"complete": 2}
    ),
    History("shallow, with the commit", "desk", (DOWN,), shape="shallow-with-commit"),
    History("submodule", "desk", (DOWN, SIGNATURE), shape="submodule", edited={"complete": 2}),
    History(
        "worktree",
        "desk",
        (
            FILE_RENAMED,
            Commit(
                "Count twice",
                (swap("desk/retrieval/index.py", "return round(len(", "return round(2 * len("),),
            ),
        ),
        shape="worktree",
        edited={"overlap": 2},
    ),
    History("line ends", "desk", (DOWN,), shape="line-ends"),
    History("notebook, cell above", "lab", (CELL_ABOVE,)),
    History(
        "notebook, cell edited",
        "lab",
        (CELL_EDITED,),
        edited={"judge": 1, "compare": 1},
    ),
    History(
        "notebook, function deleted",
        "lab",
        (CELL_CUT,),
        edited={"judge": 1, "compare": 1},
        gone={"clean": 1},
    ),
    History("copied to another file", "desk", (COPIED,)),
    History(
        "deleted and brought back",
        "desk",
        (DELETED, Commit("Keep on", (append("README.md", "\nOn.\n"),)), GREETED_AGAIN),
    ),
    History("names exchanged", "desk", (EXCHANGED,)),
    History("put under a condition", "desk", (CONDITIONAL,)),
    History("body extracted", "desk", (EXTRACTED,), edited={"overlap": 1}),
    History(
        "edited, then renamed",
        "desk",
        (BODY, DOWN, RENAMED_LATER),
        edited={"overlap": 1, "redact": 1, "rank": 3},
    ),
    History(
        "many commits between",
        "desk",
        (*NOISE[:15], SIGNATURE, *NOISE[15:]),
        edited={"complete": 16},
    ),
    History(
        "stored diff, committed since",
        "desk",
        (DOWN, BODY),
        uncommitted=UNCOMMITTED,
    ),
    History(
        "stored diff, thrown away",
        "desk",
        (),
        edited={"overlap": 0, "redact": 0},
        uncommitted=UNCOMMITTED,
    ),
    History(
        "stored diff, part of it committed",
        "desk",
        (DOWN, SIGNATURE),
        edited={"overlap": 0, "redact": 0, "complete": 2},
        uncommitted=UNCOMMITTED,
    ),
    History("traced under another name", "desk", (DECORATOR,), edited={"complete": 1}),
    History("another decorator", "desk", (RETRIED,), edited={"complete": 1}),
)
"""Every history that has the recorded commit."""

UNKNOWN = History(
    "shallow, without the commit", "desk", (DOWN, SIGNATURE), {"complete": 2}, shape="shallow"
)
"""A clone that lacks the recorded commit: nothing may be claimed of what became of a function."""

COMPARED = History(
    "run again later", "desk", (DOWN, BODY, HELPER_EDITED), {"overlap": 2, "redact": 2}
)
"""What happened before `desk` was run and recorded again, as `recordings/desk-later`."""

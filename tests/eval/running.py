"""Runs the cases through the engine as a user's command would, without a store of facts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.eval.baseline import baseline
from tests.eval.cases import Case, spans_of
from tests.eval.scoring import Answer, Score, answer_of, score
from tracegloss.workspace.opening import Opening, open_workspace

COLUMNS = (
    *("case", "spans", "precision", "recall", "wrong while confident", "library"),
    *("naive precision", "naive recall", "naive wrong"),
)


def answers_of(case: Case) -> list[Answer]:
    """Correlate every trace of a case with its application and judge every span."""
    workspace = open_workspace(Opening(case.root, cache=False))
    answers: list[Answer] = []
    for path in case.traces:
        trace_id, names = spans_of(path)
        truths = case.truths[trace_id]
        for laid in workspace.lay_all(str(path)):
            resolutions = laid.correlation.resolutions
            answers += [answer_of(names[s], truths[s], resolutions[s]) for s in names]
    return answers


def table(cases: list[Case]) -> str:
    """Print a Markdown table: one row a case, the sum of all last, the naive way beside it."""
    ours = {case.name: answers_of(case) for case in cases}
    naive = {case.name: baseline(case) for case in cases}
    rows = [_row(name, score(ours[name]), score(naive[name])) for name in ours]
    rows.append(_row("**all**", _all(ours.values()), _all(naive.values())))
    head = f"| {' | '.join(COLUMNS)} |\n|---|{'---:|' * (len(COLUMNS) - 1)}\n"
    return head + "".join(rows)


def _all(answers: Iterable[list[Answer]]) -> Score:
    scores = [score(each) for each in answers]
    return Score(*(sum(getattr(s, field) for s in scores) for field in Score.__struct_fields__))


def _row(name: str, ours: Score, naive: Score) -> str:
    library = f"{ours.library_right:.0f} of {ours.library:.0f}" if ours.library else "none"
    cells = (name, str(ours.spans), *_figures(ours), library, *_figures(naive))
    return f"| {' | '.join(cells)} |\n"


def _figures(of: Score) -> tuple[str, str, str]:
    return f"{of.precision:.1%}", f"{of.recall:.1%}", f"{of.wrong_confident:.2f}"


def table_path() -> Path:
    """Name the committed table."""
    return Path(__file__).parents[2] / "fixtures" / "eval" / "TABLE.md"

"""What a trace's tags say of the code that started it: the test, or the evaluated function."""

from __future__ import annotations

from collections.abc import Sequence

from tracegloss.correlate.candidates import Pin
from tracegloss.correlate.evidence import closed, supports
from tracegloss.correlate.taught import is_module
from tracegloss.model.resolution import EvidenceKind
from tracegloss.model.site import Site
from tracegloss.model.trace import TraceInfo
from tracegloss.recorded import phrase
from tracegloss.reveal import reveal

_TEST = "mlflow.test.name"
_FUNCTION = "mlflow.genaiEvaluate.agent.function"


def run_pin(info: TraceInfo, sites: Sequence[Site], candidates: Sequence[int]) -> Pin | None:
    """Prefer, for a root span, the candidates that the trace's tags speak of.

    `mlflow.genaiEvaluate.agent.function` is `module.qualname`; `mlflow.test.name` is pytest's node
    id, whose file often defines the function under test.
    """
    tags = {**reveal(info.metadata), **reveal(info.tags)}
    dotted = tags.get(_FUNCTION, "")
    named = frozenset(n for n in candidates if dotted and _is_dotted(sites[n], dotted))
    if named:
        said = phrase("evaluated function {name}", name=closed(dotted))
        return Pin(named, False, supports(EvidenceKind.MODULE, said))
    file = tags.get(_TEST, "").partition("::")[0]
    inside = frozenset(n for n in candidates if file and _is_file(sites[n].at.path, file))
    if inside:
        said = phrase("test in {path}", path=closed(file))
        return Pin(inside, False, supports(EvidenceKind.TEST, said))
    return None


def _is_dotted(site: Site, dotted: str) -> bool:
    qualified_name = site.qualified_name
    if not qualified_name or not dotted.endswith("." + qualified_name):
        return False
    return is_module(site.at.path, dotted[: -len(qualified_name) - 1])


def _is_file(path: str, recorded: str) -> bool:
    return path == recorded or path.endswith("/" + recorded)

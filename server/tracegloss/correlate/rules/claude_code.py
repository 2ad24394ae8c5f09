"""Claude Code: a conversation, its model calls and the tools the agent used.

None of them is code of the repository, only tools of MCP servers may be. Source: MLflow's hook for
Claude Code, which reads the conversation afterwards.
"""

from __future__ import annotations

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.correlate.proposing import library, tool_called
from tracegloss.model.site import Site
from tracegloss.recorded import phrase

_ROOT = "claude_code_conversation"
_TOOL = "tool_"
_SERVER = "tool_mcp__"
_OWN = frozenset(
    {
        *("Bash", "Read", "Edit", "MultiEdit", "Write", "NotebookEdit", "Glob", "Grep", "LS"),
        *("Task", "TodoWrite", "WebFetch", "WebSearch", "Skill", "AskUserQuestion"),
    }
)


def claude_code(
    features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """Tell what the agent did itself, and find the function behind a tool of an MCP server."""
    del sites
    name = features.name
    if features.function_name is not None or name in names.by_literal:
        return None
    if name == _ROOT and features.type == "AGENT":
        return library(phrase("a conversation with Claude Code"))
    if features.type != "TOOL" or not name.startswith(_TOOL):
        return None
    if name.startswith(_SERVER):
        own = name.rpartition("__")[2]
        return tool_called(own, features._replace(library="claude-code"), names)
    if name.removeprefix(_TOOL) in _OWN:
        return library(phrase("a tool of Claude Code's own"))
    return None

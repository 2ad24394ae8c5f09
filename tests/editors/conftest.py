"""The sample agent's folder and traces, as the tests of the language server record them."""

from __future__ import annotations

from tests.lsp.conftest import agent, recorded_agent

__all__ = ["agent", "recorded_agent"]

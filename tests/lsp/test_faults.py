"""A fault of ours answers the request it happened in, tells no values, and stops nothing else."""

from __future__ import annotations

import logging

import pytest
from pygls.exceptions import JsonRpcException

from tracegloss.errors import TraceNotFoundError
from tracegloss.lsp.create import create_server

METHOD = "tracegloss/broken"


@pytest.mark.parametrize(
    "raised, code, message",
    [
        (ValueError("sk-live-recorded"), -32603, "Internal error (ValueError)"),
        (TraceNotFoundError("No such trace", where="tr-1"), -32803, "No such trace (tr-1)"),
    ],
    ids=["fault", "for the reader"],
)
async def test_what_a_handler_raises_becomes_an_answer(
    raised: Exception, code: int, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = create_server()

    @server.answers(METHOD)
    async def broken(_: None) -> None:
        raise raised

    with caplog.at_level(logging.DEBUG), pytest.raises(JsonRpcException) as answered:
        await server.protocol.fm.features[METHOD](None)
    assert (answered.value.code, str(answered.value)) == (code, message)
    assert "recorded" not in caplog.text

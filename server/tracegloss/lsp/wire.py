"""The JSON-RPC edge: every request is answered, wrong parameters and faults included."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import JsonRPCNotification, LanguageServerProtocol

from tracegloss.errors import TraceglossError
from tracegloss.lsp.encoded import Encoded
from tracegloss.lsp.protocol import REQUESTS, CustomRequest

logger = logging.getLogger(__name__)

_IGNORED = JsonRPCNotification(method="$/ignored", jsonrpc="2.0", params=None)


class RefusedError(JsonRpcException):
    """Something the user can act on, as the answer to a request (LSP's `RequestFailed`)."""

    CODE = int(types.LSPErrorCodes.RequestFailed)
    MESSAGE = "Request failed"

    @classmethod
    def because(cls, error: TraceglossError) -> RefusedError:
        """Give a request the words of an error as its answer."""
        return cls(str(error), cls.CODE)


class InternalFaultError(JsonRpcException):
    """A fault of ours, without its traceback: that may hold recorded text and local paths."""

    CODE = int(types.ErrorCodes.InternalError)
    MESSAGE = "Internal error"


class Protocol(LanguageServerProtocol):
    """pygls' protocol, with two differences.

    Parameters of a wrong shape are answered with -32602, where pygls answers nothing and shows a
    message; custom requests get their own types, where pygls makes named tuples.
    """

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 (pygls' signature)
        """Turn one JSON object into a message; objects inside messages stay as they are."""
        if "jsonrpc" not in data:
            return data
        method = data.get("method")
        try:
            if method in REQUESTS and "id" in data:
                sent = data.get("params")
                params = msgspec.convert({} if sent is None else sent, REQUESTS[method])
                return CustomRequest(data["id"], method, params)
            return super().structure_message(data)
        except (JsonRpcException, msgspec.ValidationError) as error:
            if "id" not in data or method is None:
                logger.warning("An unreadable notification was ignored: %s", method)
                return _IGNORED
            self._refuse(data["id"], error)
            return _IGNORED

    def _refuse(self, message_id: int | str, error: Exception) -> None:
        code = int(types.ErrorCodes.InvalidParams)
        said = f": {error}" if isinstance(error, msgspec.ValidationError) else ""
        answer = types.ResponseError(code=code, message=f"Invalid parameters{said}")
        self._send_response(message_id, None, answer)

    def _send_response(
        self,
        msg_id: int | str,
        result: Any | None = None,  # noqa: ANN401 (pygls' signature)
        error: types.ResponseError | None = None,
    ) -> None:
        """Answer a request; what pygls adds to errors, tracebacks with local paths, stays here."""
        if isinstance(result, Encoded):
            self._result_types.pop(msg_id, None)
            self._send_encoded(msg_id, result)
            return
        if error is not None:
            error = types.ResponseError(code=error.code, message=error.message)
        super()._send_response(msg_id, result, error)

    def _send_encoded(self, msg_id: int | str, result: Encoded) -> None:
        number = msgspec.json.encode(msg_id)
        body = b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (number, result.json)
        if self.writer is not None:
            # Neither of our writers is one to wait for.
            self.writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

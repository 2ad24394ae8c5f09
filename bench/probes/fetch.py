"""The plainest client: gets a trace's spans over HTTP with the standard library and parses them.

Arguments: the server's address and a trace id.
"""

from __future__ import annotations

import http.client
import json
import sys
from urllib.parse import urlsplit


def main() -> None:
    address, trace_id = urlsplit(sys.argv[1]), sys.argv[2]
    connection = http.client.HTTPConnection(address.netloc, timeout=120)
    for path in (
        f"/api/3.0/mlflow/traces/{trace_id}",
        f"/ajax-api/3.0/mlflow/get-trace-artifact?request_id={trace_id}",
    ):
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {body[:200]!r}")
        json.loads(body)


if __name__ == "__main__":
    main()

"""Gets a trace over HTTP as `correlate` does: asks the server and decodes every span.

Arguments: the server's address and a trace id.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tracegloss.traces.sources import open_source
from tracegloss.traces.tracking_uri import parse_tracking_uri


def main() -> None:
    uri = parse_tracking_uri(sys.argv[1], Path.cwd())
    trace = open_source(uri, os.environ, Path.home(), timeout=300.0).trace(sys.argv[2])
    if not trace.spans:
        sys.exit("the trace has no spans")


if __name__ == "__main__":
    main()

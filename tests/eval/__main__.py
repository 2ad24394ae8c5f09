"""Prints the table of correlation quality; `--update` writes it where the tests compare it."""

from __future__ import annotations

import sys

from tests.eval.cases import cases
from tests.eval.running import table, table_path

printed = table(cases())
print(printed, end="")
if "--update" in sys.argv[1:]:
    table_path().write_text(printed, encoding="utf-8")

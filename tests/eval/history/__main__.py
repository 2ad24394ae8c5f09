"""Prints the table of freshness, and what is wrong; `--update` writes it where tests compare it."""

from __future__ import annotations

import sys

from tests.eval.history.running import all_judged, mistakes, table, table_path

judged = all_judged()
printed = table(judged)
print(printed, *mistakes(judged), sep="\n")
if "--update" in sys.argv[1:]:
    table_path().write_text(printed, encoding="utf-8")

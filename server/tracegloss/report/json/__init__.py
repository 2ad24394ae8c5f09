"""The JSON report `tracegloss.report/1`, member by member."""

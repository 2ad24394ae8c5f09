"""The report for a reader with little room: a hard bound, filled in a fixed order."""

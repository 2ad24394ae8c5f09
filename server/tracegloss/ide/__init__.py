"""Editor features in editor words: pure functions of a `Snapshot`, one feature a file.

Positions are 0-based, columns in code points. What is shown has passed redaction; links and
commands are data, so that the edge decides what a client may run.
"""

"""Reports of a trace laid on code: text, markdown, JSON; pure functions of one snapshot."""

"""The text report in its grammar, as styled lines."""

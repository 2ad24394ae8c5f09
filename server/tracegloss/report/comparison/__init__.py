"""Two traces compared, as text, Markdown and JSON."""

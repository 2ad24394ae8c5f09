"""How often the line named for a span is the line that made it, case by case."""

"""Two traces side by side: which spans correspond, what differs, and what changed code explains."""

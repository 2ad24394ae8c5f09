"""Two traces aligned and compared."""

"""How dates and numbers are written, one folder per language."""

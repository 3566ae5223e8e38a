"""Tags about signing in."""

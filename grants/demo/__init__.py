"""Demo data, made by playing the real operations."""

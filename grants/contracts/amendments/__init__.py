"""Changes of contracts in force: moves between budget lines, more time, other terms. Never a larger amount."""

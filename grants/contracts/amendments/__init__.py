"""Changes of contracts in force: moves between budget lines, another amount, more time, other terms."""

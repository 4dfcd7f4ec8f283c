"""The texts of contracts: written by people as plain text, checked, versioned, and set from the facts of a file."""

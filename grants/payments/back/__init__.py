"""What comes back from banks and operators: their returns, matched row by row, and the statements of our accounts."""

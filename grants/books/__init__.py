"""The books: balanced entries from the ledger, their periods, and what finance plans and chases."""

"""Payments that leave in several transfers: what is possible within the limits of wallets, what was chosen, what became of it."""

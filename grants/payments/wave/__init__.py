"""Payments to Wave wallets over Wave's own interface: an outbox, a worker that sends and asks, and a page for the answers."""

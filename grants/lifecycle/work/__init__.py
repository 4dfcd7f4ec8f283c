"""What waits: for one person, for a team, and where it takes longest."""

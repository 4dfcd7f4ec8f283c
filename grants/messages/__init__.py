"""What people are told: notices on screen, and one mail a day for those who want it."""

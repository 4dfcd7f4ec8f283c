"""What leaves the house: batches of released payments as files for banks and operators, letters and lists."""

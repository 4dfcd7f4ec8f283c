"""What a tranche rests on beside its contract: papers that prove a condition, and conditions that somebody lifted."""

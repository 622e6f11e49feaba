"""What a rule is: its settings, what binding makes of them, its place in the match order."""

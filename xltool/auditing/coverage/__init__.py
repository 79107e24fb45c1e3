"""What became of every rule in every filing: kept, violated, not applicable, or undecided and why."""

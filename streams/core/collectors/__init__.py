"""What users declare: which events they want, how to batch them, what to compute and where results go."""

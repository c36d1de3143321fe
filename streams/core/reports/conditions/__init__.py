"""What a value may be asked to satisfy: each condition one file, all in one table."""

"""The audit: whether everything that was read is accounted for, told from topics and objects alone."""

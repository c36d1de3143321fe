"""The same report for parts of a batch: the rows of each value of a column, or those where a condition holds."""

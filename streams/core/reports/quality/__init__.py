"""How good a model's answers are: rows that have both an answer and the truth, and what follows from them."""

"""The Quality screen: what an evaluator sees and does in the browser."""

"""The report of a run: what it says, built once, and how it is printed."""

"""Documents in: files -> pages -> passages -> a generation. Imports nothing of ours."""

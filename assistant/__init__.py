"""Questions in: search -> answer -> verified citations. Imports ingest and prompts."""

"""A question bank in: runs -> metrics -> a verdict. Imports assistant, ingest and prompts."""

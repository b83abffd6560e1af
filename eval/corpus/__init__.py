"""The sample documents that ship with the project: all invented, all labelled so."""

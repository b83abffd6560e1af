"""What a language model is told: one Markdown file a task. Imports nothing of ours."""

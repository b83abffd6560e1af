"""The chat screen: one page in the browser, built with Gradio."""

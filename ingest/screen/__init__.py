"""The Documents screen: what an admin sees and does in the browser."""

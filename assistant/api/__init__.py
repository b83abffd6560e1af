"""The assistant for programs: REST, MCP, the embeddable page, probes, metrics and traces."""

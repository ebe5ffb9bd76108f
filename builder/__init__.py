"""A registry for MCP servers that is a git repository and a folder of files."""

__version__ = "0.1.0"
USER_AGENT = f"mcp-registry/{__version__} (+https://github.com/static-mcp-registry/mcp-registry)"
"""What every request says of who sends it: operators can tell us apart, and find us."""

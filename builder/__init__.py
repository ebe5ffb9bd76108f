"""A registry for MCP servers that is a git repository and a folder of files."""

__version__ = "0.1.0"

"""The official API's answers as files."""

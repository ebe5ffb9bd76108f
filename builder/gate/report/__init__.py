"""Findings as people and programs read them: one module for each format, `formats` their table.

Every format is a function of a `Report` to text. Whatever a publisher wrote is escaped as the
format asks, and control characters never reach a terminal.
"""

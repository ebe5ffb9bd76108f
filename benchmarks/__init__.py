"""Measurements at the official registry's size, and the registries to measure on."""

"""Findings, ownership and package proofs together: a verdict and its report."""

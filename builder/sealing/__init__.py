"""Signing a built site, and witnessing that of others: who says so, and that nothing was rewritten."""

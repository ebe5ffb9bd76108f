"""Text -> words and stems, the same for what is indexed and for what is asked."""

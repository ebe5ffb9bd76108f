"""What the documents of a registry's packed site refer back to: the builder's texts with its settings."""

from __future__ import annotations

from urllib.parse import urlsplit

from builder.model.config import Config
from builder.pack import words
from builder.pages import assets


def packed_texts(config: Config) -> dict[str, bytes]:
    """Return the texts by name; they follow from the settings and the builder alone."""
    return words.filled(
        {
            "base_url": config.base_url,
            "host": urlsplit(config.base_url).netloc,
            "repository": config.repository,
            "extension": config.extension_namespace,
            "title": config.title,
            "assets": assets.folder(),
        }
    )

"""Facts about servers that a build cannot know: explicit commands ask for them, and date them."""

"""What a publisher or an operator starts with: a new registry, a new entry, keys and signatures."""

"""What a rule is, what it sees of a registry, and the JSON Schema that most of them rest on."""

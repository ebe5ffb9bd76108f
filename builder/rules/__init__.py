"""What an entry and a change must keep to: each rule one object, each family one module."""

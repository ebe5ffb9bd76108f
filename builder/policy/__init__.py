"""What may be in this registry: the lines of the policy, asked about one version at a time."""

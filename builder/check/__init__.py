"""Which files a check reads, and the rules applied to them: findings."""

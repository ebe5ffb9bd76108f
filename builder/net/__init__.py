"""The guarded HTTP transport for every outgoing request: checked addresses, bounded answers, retries."""

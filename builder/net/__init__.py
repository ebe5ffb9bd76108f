"""The guarded HTTP transport for every outgoing request: public addresses only, bounded answers, retries."""

"""The write side of the official API: logins and tokens, and one commit for each publication."""

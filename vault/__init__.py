"""The only room that does cryptography, and the only one that imports ``cryptography``.

Here: envelopes, key pairs, grants, slots, sessions, shares, codes. Not here: databases, the web,
who may do what. Everything is a small function over bytes; every failure to open is one exception,
``vault.errors.Refused``, that says nothing about why. Formats are frozen by ``tests/vault/vectors.json``.
"""

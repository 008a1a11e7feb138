"""The reference server of the AT protocol on a loopback port, and a proxy in front of it that makes it fail."""

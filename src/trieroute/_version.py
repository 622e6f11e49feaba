"""The version of trieroute, which the build reads here."""

__version__ = "1.0.0rc1"

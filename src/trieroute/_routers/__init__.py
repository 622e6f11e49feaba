"""What the ASGI and the WSGI router share: their rules, their applications, and mounts.

No file here knows either protocol, apart from the lifespans, which ASGI alone has, and none imports
a framework. ``trieroute.asgi`` and ``trieroute.wsgi`` are where programs import from.
"""

from typing import final

SUBDOMAIN_MATCHING: bool

@final
class Place:
    server_name: str
    subdomain: str | None
    inside: bool

@final
class KnownPlace: ...

def encoded(server_name: str) -> str: ...
def place(
    scheme: str,
    upgraded: bool,
    header: str | None,
    server: tuple[str | None, str | int | None] | None,
    server_name: str | None,
    finds_subdomain: bool,
    checks: bool,
) -> Place: ...

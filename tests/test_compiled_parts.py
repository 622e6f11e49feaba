"""What extension code has to take care of by itself: ownership, errors, the interpreter's parts."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from trieroute import BaseConverter, Map, Rule


class UncomparableHost(str):
    """A host that raises when it is compared."""

    def __eq__(self, other: object) -> bool:
        raise LookupError("hosts can't be compared")

    __hash__ = str.__hash__


class RuleOfItsOwn(Rule):
    """A rule that tells by itself what is built."""

    built: tuple[str, str]

    def build(self, *args: Any, **kwargs: Any) -> tuple[str, str]:
        return self.built


@pytest.mark.parametrize("hosts", [["uncomparable"], ["other", "uncomparable"]])
def test_comparing_hosts_may_raise_and_no_url_is_leaked(hosts: list[str]) -> None:
    uncomparable = UncomparableHost("example.com")
    # No rule of another test, which the collector may free meanwhile, refers to this path.
    path = "/built-" + "x" * len(hosts)
    rules = []
    for host in hosts:
        rule = RuleOfItsOwn(f"/{host}", host=host, endpoint="e")
        rule.built = (uncomparable if host == "uncomparable" else host, path)
        rules.append(rule)
    adapter = Map(rules, host_matching=True).bind("example.com")
    before = sys.getrefcount(uncomparable), sys.getrefcount(path)
    for _ in range(10):
        with pytest.raises(LookupError, match="compared"):
            adapter.build("e")
    assert (sys.getrefcount(uncomparable), sys.getrefcount(path)) == before


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
def test_error_of_the_interpreter_is_not_taken_for_a_value_that_has_no_url(
    error: type[Exception],
) -> None:
    class FailingConverter(BaseConverter):
        def to_url(self, value: object) -> str:
            raise error

    class RefusingConverter(BaseConverter):
        def to_url(self, value: object) -> str:
            raise ZeroDivisionError

    def built(converter: type[BaseConverter]) -> Any:
        rules = [Rule("/new/<c:x>", endpoint="e"), Rule("/old/<x>", endpoint="e", alias=True)]
        url_map = Map(rules, converters={"c": converter})
        adapter = url_map.bind("example.com")
        return adapter.make_alias_redirect_url("|/old/a", "e", {"x": "a"}, "GET", {})

    with pytest.raises(error):
        built(FailingConverter)
    with pytest.raises(LookupError):
        built(RefusingConverter)


def test_uuids_are_made_where_their_class_has_no_slots() -> None:
    program = """
import uuid

class Uuid(uuid.UUID):
    pass

uuid.UUID = Uuid
from trieroute import Map, Rule
adapter = Map([Rule("/<uuid:x>", endpoint="e")]).bind("example.com")
value = adapter.match("/12345678-1234-5678-1234-56781234abcd")[1]["x"]
assert type(value) is Uuid, type(value)
print(value)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("12345678-1234-5678-1234-56781234abcd\n", "")

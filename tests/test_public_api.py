"""The page of the public API lists what the modules export."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import trieroute

ROOT = Path(__file__).parent.parent


def listed() -> dict[str, set[str]]:
    """Return the names that the page lists, by module."""
    found = {}
    for line in (ROOT / "docs" / "api.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| `trieroute"):
            modules, names = line.strip("| ").split(" | ")
            for module in re.findall(r"`([\w.]+)`", modules):
                found[module] = set(re.findall(r"`(\w+)`", names))
    return found


LISTED = listed()


def test_the_page_lists_the_public_modules() -> None:
    assert sorted(LISTED) == [
        "trieroute",
        "trieroute.asgi",
        "trieroute.flask",
        "trieroute.inspection",
        "trieroute.quart",
        "trieroute.starlette",
        "trieroute.tables",
        "trieroute.wsgi",
    ]


def test_every_other_module_starts_with_an_underscore() -> None:
    folder = Path(trieroute.__file__).parent
    files = (file.relative_to(folder.parent).with_suffix("") for file in folder.rglob("*.py*"))
    modules = {".".join(file.parts).removesuffix(".__init__") for file in files}

    assert {module for module in modules if "._" not in module} <= set(LISTED)


@pytest.mark.parametrize("module", ["trieroute.inspection", "trieroute.starlette"])
def test_a_face_has_public_names_alone(module: str) -> None:
    face = import_module(module)

    assert {name for name in vars(face) if name[0] != "_"} == {*face.__all__, "annotations"}


@pytest.mark.parametrize("module", sorted(LISTED))
def test_the_page_lists_what_a_module_exports(module: str) -> None:
    assert LISTED[module] == set(import_module(module).__all__)


@pytest.mark.parametrize("module", sorted(LISTED))
def test_a_module_has_what_it_exports(module: str) -> None:
    exporting = import_module(module)

    assert [name for name in exporting.__all__ if not hasattr(exporting, name)] == []


def test_importing_all_names_leaves_the_version_of_a_module() -> None:
    names = {"__version__": "1"}
    exec("from trieroute import *", names)

    assert names["__version__"] == "1"


def test_the_changelog_begins_with_the_version() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGES.md").read_text(encoding="utf-8"), re.M)

    assert headings[0].split()[0] in ("Unreleased", trieroute.__version__)

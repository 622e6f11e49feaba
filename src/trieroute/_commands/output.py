"""Tables, reports and progress: with colour on a terminal, plain in a pipe.

Rich is imported for terminals alone. It respects ``NO_COLOR`` and the width of the terminal; what
rules and programs say is never read as its markup. In a pipe nothing is broken into lines: there,
each route is one line, however long, for programs such as ``grep`` that read it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .._core.terminal_text import visible
from .._inspection.value_text import json_text
from ..inspection import Tree

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = [
    "OutputError",
    "progress_of",
    "show_report",
    "show_table",
    "show_tree",
    "write_error",
    "write_escapes",
    "write_json",
    "write_line",
    "writing",
]


class OutputError(OSError):
    """What a command has to say can't be written."""


@contextmanager
def writing() -> Generator[None, None, None]:
    """Tell what writing raises from what an application raises while its routes are looked at.

    :raise OutputError: the output can't be written.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(error.errno, error.strerror or str(error)) from error


def write_escapes() -> None:
    """Let what standard output and error have no character for be written by its escape.

    Their encoding may be a narrow one, and none has halves of surrogate pairs.
    """
    for stream in sys.stdout, sys.stderr:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def write_line(text: str) -> None:
    """Write a line, which stays one."""
    with writing():
        click.echo(visible(text))


def write_error(text: str) -> None:
    """Write lines to standard error."""
    click.echo("\n".join(map(visible, text.split("\n"))), err=True)


def write_json(data: Any) -> None:
    """Write JSON."""
    text = json_text(data, indent=2)
    with writing():
        click.echo(text)


def show_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table; columns that are empty in all rows are left out."""
    kept = [number for number in range(len(names)) if any(row[number] for row in rows)]
    names = [names[number] for number in kept]
    rows = [[visible(row[number]) for number in kept] for row in rows]
    if not rows:
        write_line("No routes.")
        return
    if sys.stdout.isatty():
        from rich.cells import cell_len
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in names:
            table.add_column(name, overflow="fold")
        for first, *others in rows:
            table.add_row(Text(first, style="cyan"), *map(Text, others))
        console = Console(highlight=False)
        columns = zip(names, *rows, strict=True)
        if sum(max(map(cell_len, column)) + 2 for column in columns) - 2 <= console.width:
            with writing():
                console.print(table)
            return
        # Columns that are too narrow for a rule tear it apart: it gets a line of its own.
        for style, below, (first, *others) in (
            ("bold", "bold", names),
            *(("cyan", "", row) for row in rows),
        ):
            _print_broken(console, Text(first, style=style))
            _print_broken(console, Text("    " + "  ".join(filter(None, others)), style=below))
        return
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    for row in (names, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        write_line("  ".join(cells).rstrip())


#: The words that decide, and how they are shown.
_STYLES = {
    r"^  -> .*": "bold",
    r"^       matched": "green",
    r"^       (?:outranked|domain differs)": "dim",
    r"^       (?:wrong method|WebSocket mismatch|converter (?:refused|raised))": "yellow",
    r"^       (?:slash missing|slash too many|slashes merged)": "yellow",
    r"^[a-z-]+(?: \(maybe\))?:": "bold yellow",
    r"^ *(?:Hint|hint|example):": "cyan",
}


def show_report(report: object) -> None:
    """Write an explanation or a finding as its report."""
    text = str(report)
    if not sys.stdout.isatty():
        with writing():
            click.echo(text)
        return
    from rich.console import Console
    from rich.text import Text

    shown = Text(text)
    for pattern, style in _STYLES.items():
        for found in re.finditer(pattern, text, re.MULTILINE):
            shown.stylize(style, *found.span())
    console = Console(highlight=False)
    for line in shown.split("\n", allow_blank=True):
        _print_broken(console, line)


def _print_broken(console: Console, line: Text) -> None:
    """Write a line of a report, broken where it is wider than the terminal.

    It is broken behind a space or before a slash, so that no segment of a rule is torn apart. What
    follows stands further to the right, and can't be taken for a line of the report.

    :param line: the line; spaces and a number at its beginning are its margin.
    """
    from rich.cells import chop_cells
    from rich.text import Text

    found = re.match(r" *(?:\d+\. )?", line.plain)
    margin = found.end() if found else 0
    head, rest = line[:margin], line[margin:]
    while True:
        plain = rest.plain
        end = len(plain)
        fits = next(iter(chop_cells(plain, max(console.width - len(head), 10))), "")
        if len(fits) < end:
            end = fits.rfind(" ") + 1
            if end <= len(fits) // 2:
                slashes = [
                    each.start() for each in re.finditer(r"(?<=[^/])/", plain[: len(fits) + 1])
                ]
                end = max(end, *slashes, 0) or len(fits)
        shown = head + rest[:end]
        shown.rstrip()
        with writing():
            console.print(shown, soft_wrap=True)
        if end == len(plain):
            return
        head, rest = Text(" " * (margin + 4)), rest[end:]


def show_tree(shown: Tree) -> None:
    """Write a tree."""
    if not sys.stdout.isatty():
        text = str(shown)
        with writing():
            click.echo(text)
        return
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree as RichTree

    root = RichTree(Text(shown.heading, style="bold"), guide_style="dim")
    waiting = [(line, root) for line in reversed(shown.lines())]
    while waiting:
        line, above = waiting.pop()
        label = Text(line.label)
        label.highlight_regex(r"<[^<>]*>", "cyan")
        for number, rule in enumerate(line.rules):
            label.append("\n" if number else "  " * bool(line.label))
            label.append(rule, style="dim")
        below = above.add(label)
        waiting += [(child, below) for child in reversed(line.children)]
    for reason in shown.left_out:
        root.add(Text(f"left out: {reason}", style="yellow"))
    with writing():
        Console(highlight=False).print(root)


def progress_of(items: Sequence[Any], description: str) -> Iterable[Any]:
    """Give the items of a sequence, with a progress bar if standard error is a terminal."""
    return _with_bar(items, description) if sys.stderr.isatty() else items


def _with_bar(items: Sequence[Any], description: str) -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description, console=Console(stderr=True), transient=True)

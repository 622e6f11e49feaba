"""Show a run: one table for the terminal, and Markdown for the documentation."""

from __future__ import annotations

from collections.abc import Iterable

from .results import Figure, RowResult, Run, Verdict
from .rows import Target

__all__ = ["as_markdown", "as_table"]

#: Amounts with their units, the largest first.
UNITS = {
    "ns": ((1e9, "s"), (1e6, "ms"), (1, "ns")),
    "bytes": ((1e6, "MB"), (1e3, "kB"), (1, "bytes")),
}
MET = {True: "met", False: "missed", None: "not measured"}
NAMES = {"werkzeug": "Werkzeug", "floor": "floor", "others": "the fastest other"}


def amount(value: float | None, unit: str) -> str:
    """Return a cost as a text."""
    if value is None:
        return "—"
    size, name = next(
        ((size, name) for size, name in UNITS[unit] if value >= size), UNITS[unit][-1]
    )
    number = value / size
    return f"{number:,.0f} {name}" if number >= 100 or size == 1 else f"{number:.3g} {name}"


def ratio(value: float | None, other: float | None) -> str:
    """Return how many times *other* goes into *value*."""
    if not value or not other:
        return ""
    quotient = value / other
    if quotient < 0.1:
        return f"{quotient:.1g}"
    return f"{quotient:,.0f}" if quotient >= 100 else f"{quotient:.2f}"


def wanted(target: Target, unit: str) -> str:
    """Return a target in words."""
    if target.than is None:
        return f"{target.subject} ≤ {amount(target.bound, unit)}"
    than = NAMES.get(target.than, target.than)
    if target.least:
        return f"{than} / {target.subject} ≥ {target.bound:g}"
    return f"{target.subject} / {than} ≤ {target.bound:g}"


def found(verdict: Verdict, row: RowResult) -> str:
    """Return in words what was measured for a target."""
    if verdict.value is None:
        return "—"
    if verdict.target.than is None:
        return amount(verdict.value, row.unit)
    text = ratio(verdict.value, 1)
    if verdict.target.than == "others" and (fastest := row.fastest_other()):
        text += f" ({fastest.contestant})"
    return text


def remark(figure: Figure) -> str:
    """Return what a reader has to know about a figure."""
    parts = []
    if figure.wrong:
        parts.append(f"{figure.wrong:,} of {figure.checked:,} answers wrong")
    if figure.remark:
        parts.append(figure.remark)
    return "; ".join(parts)


def as_table(run: Run):  # type: ignore[no-untyped-def]
    """Return a run as a table of rich."""
    from rich.table import Table

    table = Table(caption=run.caption(), title="Cost of one operation", header_style="bold")
    table.add_column("router", no_wrap=True)
    table.add_column("median", justify="right", no_wrap=True)
    table.add_column("best", justify="right", no_wrap=True)
    table.add_column("time /\nfloor", justify="right", no_wrap=True)
    table.add_column("Werkzeug /\ntime", justify="right", no_wrap=True)
    table.add_column("remarks")
    for row in run.rows:
        table.add_row(f"[bold]{row.name}", "", "", "", "", f"[bold]{row.suite}: {row.title}")
        for figure in row.figures:
            style = {"trieroute": "cyan", "floor": "dim"}.get(figure.contestant.split(",")[0], "")
            if figure.wrong:
                style = "yellow"
            if figure.state != "measured":
                style = "dim" if figure.state == "refused" else "red"
            table.add_row(
                f"  {figure.contestant}",
                amount(figure.median, row.unit),
                amount(figure.best, row.unit),
                ratio(figure.median, row.median("floor")),
                ratio(row.median("werkzeug"), figure.median),
                remark(figure),
                style=style,
            )
        for verdict in row.verdicts():
            colour = {True: "green", False: "red", None: "dim"}[verdict.met]
            table.add_row(
                f"  [{colour}]{MET[verdict.met]}",
                *("",) * 4,
                f"[{colour}]{wanted(verdict.target, row.unit)}: {found(verdict, row)}",
            )
        table.add_section()
    return table


def as_markdown(run: Run) -> str:
    """Return a run as Markdown: the targets, then a table for each suite, medians in it."""
    versions = [f"{name} {version or 'not installed'}" for name, version in run.versions.items()]
    lines = [
        "# Results",
        "",
        f"{run.caption()}.",
        "",
        f"Versions: {', '.join(versions)}.",
        "",
        "## Targets",
        "",
        *_markdown_table(
            ["suite", "row", "target", "measured", ""],
            [
                [row.suite, row.title, wanted(verdict.target, row.unit), found(verdict, row),
                 MET[verdict.met]]
                for row in run.rows
                for verdict in row.verdicts()
            ],
        ),
    ]  # fmt: skip
    for suite, rows in run.suites().items():
        lines += ["", f"## Suite `{suite}`", "", *_suite_table(rows)]
    return "\n".join(lines) + "\n"


def _suite_table(rows: list[RowResult]) -> list[str]:
    contestants = list(dict.fromkeys(one.contestant for row in rows for one in row.figures))
    notes: dict[str, int] = {}

    def cell(row: RowResult, contestant: str) -> str:
        figure = row.figure(contestant)
        if figure is None:
            return ""
        text = amount(figure.median, row.unit)
        if note := remark(figure):
            text += f" <sup>{notes.setdefault(f'{contestant}: {note}', len(notes) + 1)}</sup>"
        return text

    floor = "floor" in contestants
    counted = [
        name
        for name in ("floor", "trieroute")
        if any(one.contestant == name and one.instructions for row in rows for one in row.figures)
    ]
    header = ["row", *contestants]
    if floor:
        header.append("trieroute / floor")
    if werkzeug := "werkzeug" in contestants:
        header.append("Werkzeug / trieroute")
    header += [f"{name}, instructions" for name in counted]
    body = []
    for row in rows:
        cells = [row.title, *(cell(row, contestant) for contestant in contestants)]
        own = row.median("trieroute")
        if floor:
            cells.append(ratio(own, row.median("floor")))
        if werkzeug:
            cells.append(ratio(row.median("werkzeug"), own))
        for name in counted:
            figure = row.figure(name)
            count = None if figure is None else figure.instructions
            cells.append("" if count is None else f"{count:,.0f}")
        body.append(cells)
    lines = _markdown_table(header, body)
    if notes:
        lines.append("")
        lines += [f"{number}. {note.rstrip('.')}." for note, number in notes.items()]
    return lines


def _markdown_table(header: list[str], body: Iterable[list[str]]) -> list[str]:
    rows = [header, ["---"] * len(header), *body]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]

"""The chart: one line for each row, one dot for each router; matches above, ASGI calls below."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .results import RowResult, Run

__all__ = ["draw"]

#: Heights in inches: a panel's title, a line of its legend, one row, the scale below, the caption.
TITLE, LEGEND, LINE, SCALE, FOOT = 0.5, 0.19, 0.42, 0.45, 0.52
WIDTH = 10.0


@dataclass(frozen=True)
class Panel:
    """A part of the chart with a scale of its own.

    :param title: what it shows.
    :param colours: by contestant, in the order of the legend.
    :param ours: the contestant with the large dot.
    :param theirs: the one that it is compared with.
    :param labels: what the legend says in place of a contestant's name.
    """

    title: str
    colours: dict[str, str]
    ours: str
    theirs: str
    labels: dict[str, str] = field(default_factory=dict)

    def head(self) -> float:
        """Return the height in inches of the title and the legend, of which a line holds four."""
        return TITLE + LEGEND * -(-len(self.colours) // 4)


#: Ours is bright; the routers that are compared with are muted.
MATCHES = Panel(
    "Nanoseconds a match",
    {
        "trieroute": "#d1260f",
        "werkzeug": "#1f4e9c",
        "starlette": "#8c6bb1",
        "falcon": "#41ab5d",
        "sanic-routing": "#b8860b",
        "autoroutes": "#00a5b5",
        "http-router": "#8c564b",
        "routrie": "#e377c2",
        "ffroute": "#7f7f7f",
    },
    "trieroute",
    "werkzeug",
    {"werkzeug": "Werkzeug", "http-router": "http-router: remembers 1,024 answers"},
)
CALLS = Panel(
    "An ASGI call of a whole application",
    {
        "trieroute.starlette": "#d1260f",
        "starlette": "#8c6bb1",
        "ffroute": "#7f7f7f",
        "trieroute.asgi": "#f28e2b",
    },
    "trieroute.starlette",
    "starlette",
    {
        "trieroute.starlette": "Starlette with trieroute",
        "starlette": "Starlette",
        "ffroute": "Starlette with ffroute",
        "trieroute.asgi": "trieroute.asgi.Router, no Starlette",
    },
)


def draw(run: Run, path: Path) -> None:
    """Draw the chart of a run.

    :param path: the file to write, with the suffix ``.png`` or ``.svg``.
    :raise ValueError: the run has none of the rows that the chart shows.
    """
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    panels = [
        (MATCHES, {row.title: row for row in run.rows if row.charted}),
        (
            CALLS,
            # The titles begin with what is called, which is the same in all rows.
            {row.title.partition(", ")[2]: row for row in run.rows if row.suite == "starlette"},
        ),
    ]
    panels = [
        (panel, {title: row for title, row in rows.items() if row.median(panel.ours) is not None})
        for panel, rows in panels
    ]
    panels = [(panel, rows) for panel, rows in panels if rows]
    if not panels:
        raise ValueError("nothing to draw: run the suites match, scale, miss or starlette")
    height = FOOT + sum(panel.head() + LINE * len(rows) + SCALE for panel, rows in panels)
    figure = plt.figure(figsize=(WIDTH, height), dpi=160)
    top = height
    for panel, rows in panels:
        bottom = top - panel.head() - LINE * len(rows)
        axes = figure.add_axes((0.29, bottom / height, 0.685, LINE * len(rows) / height))
        _draw_rows(axes, panel, rows)
        _head(figure, panel, list(rows.values()), top / height, height)
        top = bottom - SCALE
    versions = ", ".join(
        f"{name} {version}"
        for name, version in run.versions.items()
        if version is not None and name.lower() in MATCHES.colours
    )
    figure.text(
        0.015,
        0.1 / height,
        f"{run.caption()}.\nMedians of interleaved rounds; every path is a new string."
        f" Red figures: times as fast as Werkzeug, or as Starlette.\n{versions}.",
        fontsize=6.5,
        color="#555555",
    )
    figure.savefig(path)
    plt.close(figure)


def _draw_rows(axes: Any, panel: Panel, rows: dict[str, RowResult]) -> None:
    from matplotlib.ticker import FuncFormatter

    bright = panel.colours[panel.ours]
    for line, row in enumerate(rows.values()):
        axes.axhline(line, color="#e6e6e6", linewidth=1, zorder=0)
        floor = row.median("floor")
        if floor is not None:
            axes.plot(floor, line, marker="|", markersize=17, markeredgewidth=2.2, color="black")
        ours, theirs = row.median(panel.ours), row.median(panel.theirs)
        if ours is not None and theirs is not None:
            axes.plot([ours, theirs], [line, line], color=bright, alpha=0.25, linewidth=3)
            axes.annotate(
                f"{theirs / ours:.{0 if theirs >= 10 * ours else 1}f}\N{MULTIPLICATION SIGN}",
                ((ours * theirs) ** 0.5, line),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                fontsize=7.5,
                color=bright,
            )
        for name, colour in panel.colours.items():
            one = row.figure(name)
            if one is None or one.median is None:
                continue
            hollow = one.wrong or "no values" in one.remark
            axes.plot(
                one.median,
                line,
                marker="o",
                linestyle="",
                markersize=12 if name == panel.ours else 7,
                markerfacecolor="white" if hollow else colour,
                markeredgecolor="white" if name == panel.ours else colour,
                markeredgewidth=1.4,
                zorder=4 if name == panel.ours else 3,
            )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(_nanoseconds))
    axes.xaxis.grid(True, color="#eeeeee")
    axes.set_axisbelow(True)
    axes.set_yticks(range(len(rows)), rows, fontsize=9)
    axes.set_ylim(len(rows) - 0.5, -0.7)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _head(figure: Any, panel: Panel, rows: list[RowResult], top: float, height: float) -> None:
    """Write a panel's title, and its legend, which fills its columns from above."""
    entries = [
        (_dot(colour, 10 if name == panel.ours else 7), panel.labels.get(name, name))
        for name, colour in panel.colours.items()
        if any(row.median(name) is not None for row in rows)
    ]
    if any(row.median("floor") is not None for row in rows):
        entries[1:1] = [
            (_line("black"), "floor: knows the answer"),
            (_dot("white", 7, "#555555"), "hollow: some answers wrong, or no values"),
        ]
    figure.text(
        0.015,
        top - 0.13 / height,
        f"{panel.title}, log scale, lower is better",
        ha="left",
        va="top",
        fontsize=14,
        fontweight="bold",
    )
    figure.legend(
        *zip(*entries, strict=True),
        loc="upper left",
        bbox_to_anchor=(0.008, top - 0.38 / height),
        ncols=4,
        fontsize=8.5,
        frameon=False,
        handletextpad=0.3,
        columnspacing=1.4,
    )


def _dot(colour: str, size: float, edge: str | None = None) -> Any:
    from matplotlib.lines import Line2D

    return Line2D(
        [],
        [],
        marker="o",
        linestyle="",
        color=colour,
        markersize=size,
        markeredgecolor=edge or colour,
    )


def _line(colour: str) -> Any:
    from matplotlib.lines import Line2D

    return Line2D(
        [], [], marker="|", linestyle="", color=colour, markersize=13, markeredgewidth=2.2
    )


def _nanoseconds(value: float, _: int) -> str:
    if value >= 1e6:
        return f"{value / 1e6:g} ms"
    return f"{value / 1e3:g} µs" if value >= 1e3 else f"{value:g} ns"

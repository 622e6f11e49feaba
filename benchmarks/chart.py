"""The chart: nanoseconds a match, one line for each workload, one dot for each router."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .results import Run

__all__ = ["draw"]

#: Colours and drawing order; the routers that are compared with are muted.
COLOURS = {
    "trieroute": "#d1260f",
    "werkzeug": "#1f4e9c",
    "starlette": "#8c6bb1",
    "falcon": "#41ab5d",
    "sanic-routing": "#b8860b",
    "autoroutes": "#00a5b5",
    "http-router": "#8c564b",
    "routrie": "#e377c2",
    "ffroute": "#7f7f7f",
}
LABELS = {"werkzeug": "Werkzeug", "http-router": "http-router: remembers 1,024 answers"}


def draw(run: Run, path: Path) -> None:
    """Draw the chart of a run.

    :param path: the file to write, with the suffix ``.png`` or ``.svg``.
    :raise ValueError: the run has none of the rows that the chart shows.
    """
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FuncFormatter

    rows = [row for row in run.rows if row.charted and row.median("trieroute") is not None]
    if not rows:
        raise ValueError("nothing to draw: run the suites match, scale or miss")
    figure, axes = plt.subplots(figsize=(10, 1.9 + 0.42 * len(rows)), dpi=160)
    for line, row in enumerate(rows):
        axes.axhline(line, color="#e6e6e6", linewidth=1, zorder=0)
        floor = row.median("floor")
        ours = row.median("trieroute")
        if floor is not None:
            axes.plot(floor, line, marker="|", markersize=17, markeredgewidth=2.2, color="black")
        theirs = row.median("werkzeug")
        if ours is not None and theirs is not None:
            axes.plot([ours, theirs], [line, line], color="#d1260f", alpha=0.25, linewidth=3)
            axes.annotate(
                f"{theirs / ours:.0f}\N{MULTIPLICATION SIGN}",
                ((ours * theirs) ** 0.5, line),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                fontsize=7.5,
                color="#d1260f",
            )
        for name, colour in COLOURS.items():
            one = row.figure(name)
            if one is None or one.median is None:
                continue
            hollow = one.wrong or "no values" in one.remark
            axes.plot(
                one.median,
                line,
                marker="o",
                linestyle="",
                markersize=12 if name == "trieroute" else 7,
                markerfacecolor="white" if hollow else colour,
                markeredgecolor="white" if name == "trieroute" else colour,
                markeredgewidth=1.4,
                zorder=4 if name == "trieroute" else 3,
            )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(_nanoseconds))
    axes.xaxis.grid(True, color="#eeeeee")
    axes.set_axisbelow(True)
    axes.set_yticks(range(len(rows)), [row.title for row in rows], fontsize=9)
    axes.set_ylim(len(rows) - 0.5, -0.7)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    # The legend fills its columns from above, three entries in each.
    entries = [
        (_dot(COLOURS["trieroute"], 10), "trieroute"),
        (_line("black"), "floor: knows the answer"),
        (_dot("white", 7, "#555555"), "hollow: some answers wrong, or no values"),
    ]
    entries += [
        (_dot(colour, 7), LABELS.get(name, name))
        for name, colour in COLOURS.items()
        if name != "trieroute" and any(row.median(name) is not None for row in rows)
    ]
    figure.suptitle(
        "Nanoseconds a match, log scale, lower is better",
        x=0.015, y=0.985, ha="left", fontsize=14, fontweight="bold",
    )  # fmt: skip
    figure.legend(
        *zip(*entries, strict=True),
        loc="upper left",
        bbox_to_anchor=(0.008, 0.955),
        ncols=4,
        fontsize=8.5,
        frameon=False,
        handletextpad=0.3,
        columnspacing=1.4,
    )
    versions = ", ".join(
        f"{name} {version}"
        for name, version in run.versions.items()
        if version is not None and name.lower() in COLOURS
    )
    figure.text(
        0.015,
        0.012,
        f"{run.caption()}. Medians of interleaved rounds; every path is a new string."
        f" Red figures: times as fast as Werkzeug.\n{versions}.",
        fontsize=6.5,
        color="#555555",
    )
    height = figure.get_figheight()
    figure.subplots_adjust(left=0.29, right=0.975, top=1 - 1.05 / height, bottom=0.75 / height)
    figure.savefig(path)
    plt.close(figure)


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

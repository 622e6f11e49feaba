"""Pictures of a tree: for Graphviz, and as SVG."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from .tree import Tree, TreeLine

__all__ = ["dot", "svg"]

#: In pixels: the height of a line, the width of a character, the indentation, and the edge.
_LINE, _CHARACTER, _INDENT, _EDGE = 22, 7.8, 26, 16


def _printable(text: str) -> str:
    """Write what can't be seen, and what XML has no place for, by its number."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)


def dot(tree: Tree) -> str:
    """Write a tree in the language of Graphviz."""
    lines = [
        "digraph routes {",
        "  rankdir=LR;",
        '  graph [fontname="Helvetica"];',
        '  node [shape=box, style="rounded,filled", fillcolor="#f3f6fa", color="#8a96a8"];',
        '  node [fontname="Courier", fontsize=11, margin="0.12,0.06"];',
        '  edge [color="#8a96a8", arrowsize=0.6];',
        f"  root [label={_quoted(tree.heading)}, fontname=Helvetica];",
    ]
    for number, (line, parent) in enumerate(_numbered(tree)):
        label = "\n".join([*([line.label] if line.label else []), *line.rules])
        colour = ', fillcolor="#e2f2e6"' if line.rules else ""
        lines.append(f"  n{number} [label={_quoted(label, left=True)}{colour}];")
        lines.append(f"  {'root' if parent is None else f'n{parent}'} -> n{number};")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str, left: bool = False) -> str:
    written = [
        _printable(part).replace("\\", "\\\\").replace('"', '\\"') for part in text.split("\n")
    ]
    return '"' + "".join(f"{part}\\l" for part in written) + '"' if left else f'"{written[0]}"'


def _numbered(tree: Tree) -> Iterator[tuple[TreeLine, int | None]]:
    """Yield the lines of a tree in order, each with the number of the line above it."""
    waiting: list[tuple[TreeLine, int | None]] = [(line, None) for line in reversed(tree.lines())]
    number = 0
    while waiting:
        line, parent = waiting.pop()
        yield line, parent
        waiting += [(child, number) for child in reversed(line.children)]
        number += 1


_STYLE = """
svg { color-scheme: light dark; background: #ffffff; }
text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1c2430; }
.variable { fill: #0b5cad; } .rule { fill: #566171; } .heading { font-weight: bold; }
path { fill: none; stroke: #b4bdca; stroke-width: 1.5; } circle { fill: #126b36; }
@media (prefers-color-scheme: dark) {
  svg { background: #14181e; } text { fill: #e4e9f0; } .variable { fill: #7cb8ff; }
  .rule { fill: #a2adbc; } path { stroke: #434c5a; } circle { fill: #6fd397; }
}
"""


def svg(tree: Tree) -> str:
    """Draw a tree as SVG, in light or dark as the reader has it. It loads nothing."""
    drawn: list[str] = []
    places: list[tuple[int, int]] = []
    row, widest = 2, len(tree.heading) * _CHARACTER
    for line, parent in _numbered(tree):
        depth = 0 if parent is None else places[parent][0] + 1
        places.append((depth, row))
        x, y = _EDGE + depth * _INDENT, row * _LINE
        if parent is not None:
            above = _EDGE + (depth - 1) * _INDENT + 5
            drawn.append(f'<path d="M{above} {places[parent][1] * _LINE + 6}V{y - 4}H{x - 2}"/>')
        label = _printable(line.label)
        texts = [_printable(rule) for rule in line.rules] or [""]
        at = x + 12 + (len(label) + 2 * bool(label)) * _CHARACTER
        if line.rules:
            drawn.append(f'<circle cx="{x + 4}" cy="{y - 4}" r="3.5"/>')
        drawn.append(f'<text x="{x + 12}" y="{y}">{_variables(label)}</text>')
        for text in texts:
            drawn.append(f'<text class="rule" x="{at:.0f}" y="{row * _LINE}">{escape(text)}</text>')
            widest = max(widest, at + len(text) * _CHARACTER)
            row += 1
    width, height = round(widest + 2 * _EDGE), row * _LINE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img">\n<title>{escape(tree.heading)}</title>\n'
        f"<style>{_STYLE}</style>\n"
        f'<text class="heading" x="{_EDGE}" y="{_LINE}">{escape(tree.heading)}</text>\n'
        + "\n".join(drawn)
        + "\n</svg>\n"
    )


def _variables(label: str) -> str:
    return "".join(
        f'<tspan class="variable">{escape(part)}</tspan>' if part.startswith("<") else escape(part)
        for part in re.split(r"(<[^<>]*>)", label)
    )

"""What a comparison found, as data and as a text for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import metadata

from .._core.terminal_text import report_of, visible
from .._rules.order import MatchOrder
from .._version import __version__

__all__ = ["Comparison", "Difference"]


@dataclass
class Difference:
    """One cause for which the maps differ, with one of the cases in which it was found.

    :param rules: the rules that are involved, as texts with their methods and endpoints.
    :param count: the number of cases in which it was found.
    :param example: one of the cases: a request, a call of ``build``, or a rule that is refused.
    :param theirs: the outcome of the example in Werkzeug.
    :param ours: the outcome of the example in trieroute.
    :param known: the heading on the page "Differences from Werkzeug" that explains it, or ``None``.
    :param names: what the two outcomes are of.
    """

    rules: list[str]
    count: int
    example: str
    theirs: str
    ours: str
    known: str | None = None
    names: tuple[str, str] = ("werkzeug", "trieroute")

    def __str__(self) -> str:
        return report_of(
            (
                f"{self.known or 'Unexplained'} ({_number(self.count, 'case')})",
                *(f"    {rule}" for rule in self.rules),
                f"  example    {self.example}",
                *(
                    f"  {name:9}  {outcome}"
                    for name, outcome in zip(self.names, (self.theirs, self.ours), strict=True)
                ),
            )
        )


@dataclass
class Comparison:
    """The findings of a comparison; it is false if there is a difference or a refusal.

    :param match_order: the match order of trieroute's map; ``None`` for Starlette's routes.
    :param rules: the number of rules that were compared.
    :param requests: the number of requests that were compared.
    :param builds: the number of calls of ``build`` that were compared.
    :param differences: the differences, one for each cause.
    :param untried: the rules of which nothing is known, each with the reason: no text was found for
        one of their variables, or its converter raised an error for every text.
    :param match_ns: the nanoseconds that a match takes in Werkzeug and in trieroute, as medians of
        interleaved rounds, or on Starlette's plain routes and in the trie, in the best round of
        each; ``None`` if nothing was measured.
    :param build_ns: the same for a URL that is built.
    :param refusal: the error that ``install`` would raise for the application, with its type;
        ``None`` if it would raise nothing. If it is given, nothing was compared.
    :param notes: what ``install`` or ``speedup`` notes about single rules or routes: rules that may
        dispatch otherwise than before, and routes that are tried for every request.
    :param request_ns: the nanoseconds of a whole request, of the framework with an empty view,
        under Werkzeug or on Starlette's plain routes; of a WSGI application of the program's own,
        of binding and matching alone; ``None`` for a map, and where none was answered.
    :param in_segments: the differences that are left in the match order ``"segments"``, if the maps
        of the application would get another one.
    :param peer: what trieroute was compared with.
    :param measured: of Starlette's routes, by what was called: the nanoseconds on the plain routes
        and in the trie, of the best rounds, and the number of different calls that were measured.
    """

    match_order: MatchOrder | None
    rules: int
    requests: int
    builds: int
    differences: list[Difference] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    match_ns: tuple[float, float] | None = None
    build_ns: tuple[float, float] | None = None
    refusal: str | None = None
    notes: list[str] = field(default_factory=list)
    request_ns: float | None = None
    in_segments: list[Difference] | None = None
    peer: str = "Werkzeug"
    measured: dict[str, tuple[float, float, int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return not self.differences and self.refusal is None

    @property
    def unexplained(self) -> list[Difference]:
        """The differences that no documented one explains."""
        return [difference for difference in self.differences if difference.known is None]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was compared."""
        return not self.differences and len(self.untried) == self.rules

    def __str__(self) -> str:
        if self.refusal is not None:
            return report_of(
                ("trieroute's install refuses this, nothing was compared:", f"  {self.refusal}")
            )
        if self.match_order is None:
            compared = _number(self.rules, "route")
        else:
            compared = f"{_number(self.rules, 'rule')}, match order {self.match_order}"
        compared += f": {_number(self.requests, 'request')} and {_number(self.builds, 'URL')}"
        blocks = [f"{compared} compared."]
        if self.untried:
            rules = "".join(f"\n    {visible(rule)}" for rule in self.untried)
            blocks.append(
                "Nothing is known of these rules. Give their converters what they need, such as a"
                f" context of the application or a database, or compare them by hand:{rules}"
            )
        if self.differences:
            unexplained = len(self.unexplained) or "none"
            number = _number(len(self.differences), "difference")
            blocks += [f"{number}, {unexplained} unexplained:", *map(str, self.differences)]
            if any(difference.known for difference in self.differences):
                blocks.append('The headings are those of the page "Differences from Werkzeug".')
        else:
            least = "No difference." if not self.untried else "No difference in the other rules."
            blocks.append(least if not self.is_empty else "Nothing was compared.")
        if self.in_segments is not None:
            left = _number(len(self.in_segments), "difference")
            headings = dict.fromkeys(d.known or "unexplained" for d in self.in_segments)
            what = "".join(f"\n    {heading}" for heading in headings)
            blocks.append(
                f'Map(..., match_order="segments") matches in Werkzeug\'s order, with {left}'
                f"{':' if headings else ''}{what or '.'}"
            )
        if self.notes:
            notes = "".join(f"\n    {visible(note)}" for note in self.notes)
            blocks.append(f"{_number(len(self.notes), 'note')} on single rules:{notes}")
        for noun, times in ("match", self.match_ns), ("URL", self.build_ns):
            if times is not None:
                blocks.append(self._saving(noun, *times))
        return "\n\n".join(blocks)

    def _saving(self, noun: str, theirs: float, ours: float) -> str:
        peer = self.peer
        if peer == "Werkzeug":
            peer = f"{peer} {metadata.version('werkzeug')}"
        faster = ours <= theirs
        ratio = max(theirs, ours) / min(theirs, ours)
        text = (
            f"A {noun} takes {theirs:,.0f} ns in {peer}"
            f" and {ours:,.0f} ns in trieroute {__version__}:"
            f" {ratio:.1f} times as {'fast' if faster else 'slow'},"
            f" {abs(theirs - ours) / 1000:,.1f} \N{MICRO SIGN}s {'saved' if faster else 'lost'}."
        )
        if noun == "match" and self.request_ns is not None:
            share = 100 * abs(theirs - ours) / self.request_ns
            text += (
                f"\nOf a whole request, which takes {self.request_ns / 1000:,.0f} \N{MICRO SIGN}s"
                f" with an empty view and without hooks, that is {share:.1f} %; of one that does"
                " something, less."
            )
        return text


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"

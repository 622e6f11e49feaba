"""How far a soak has come."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Progress:
    """The seed, the rounds and seconds so far, and what was compared in them."""

    seed: int
    rounds: int = 0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def read(cls, file: Path) -> Progress:
        written = json.loads(file.read_text(encoding="utf-8"))
        return cls(**{**written, "counts": Counter(written["counts"])})

    def write(self, file: Path) -> None:
        """Replace the file as a whole, so that a run may be ended at any time."""
        new = file.with_name(file.name + ".new")
        new.write_text(json.dumps(vars(self), indent=1), encoding="utf-8")
        new.replace(file)

    def add(self, counts: Counter[str], seconds: float) -> None:
        """Count a round that has ended."""
        self.rounds += 1
        self.seconds += seconds
        self.counts += counts

    def report(self) -> str:
        """The counts as a table in Markdown."""
        rows = [("what was compared, without a difference", "count"), ("---", "---:")]
        rows += [(name, f"{count:,}") for name, count in sorted(self.counts.items())]
        rows += [("rounds", f"{self.rounds:,}"), ("minutes", f"{self.seconds / 60:.1f}")]
        return "\n".join(f"| {name} | {count} |" for name, count in rows)

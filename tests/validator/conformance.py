"""Compare the validator with the verdicts in the W3C feed validator's own test files.

    python tests/validator/conformance.py [FOLDER]

prints the agreement by folder, every disagreement on validity with both verdicts, and every other expectation that is
not met. The files are in a folder beside the checkout; they are not part of the project. ``w3c_names.json`` maps
feedpub's codes to the names of that validator.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from feedpub.validator import Finding, Level, is_valid, validate

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[2] / "shared" / "conformance" / "w3c-feedvalidator"
NAMES = json.loads((HERE / "w3c_names.json").read_text(encoding="utf-8"))
# Dates are compared with a fixed day, so that results do not depend on the calendar.
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Outcome:
    """The results for all files: numbers, and one line for each disagreement."""

    files: Counter[str] = field(default_factory=Counter)
    agreeing: Counter[str] = field(default_factory=Counter)
    warnings: int = 0
    warned: int = 0
    silences: int = 0
    silent: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def verdicts(self) -> float:
        return sum(self.agreeing.values()) / sum(self.files.values())


def names(findings: list[Finding], *, errors: bool) -> set[str]:
    """Return the W3C's names for findings; with ``errors``, for errors only."""
    return {
        name
        for finding in findings
        if finding.level is Level.ERROR or not errors
        for name in NAMES.get(finding.code, ())
    }


def run(folder: Path = FOLDER) -> Outcome:
    """Validate every file that has a verdict."""
    outcome = Outcome()
    for line in (folder / "verdicts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        data = (folder / "testcases" / row["file"]).read_bytes()
        findings = validate(data, now=NOW)
        area = row["file"].rpartition("/")[0]
        outcome.files[area] += 1
        if is_valid(findings) == row["valid"]:
            outcome.agreeing[area] += 1
        else:
            theirs = " ".join(row["errors"]) or "valid"
            ours = "; ".join(f"{f.code} ({f.message})" for f in findings if f.level is Level.ERROR) or "valid"
            outcome.lines.append(f"verdict  {row['file']}: W3C {theirs} | ours {ours}")
        expectation(row, findings, outcome)
    return outcome


def expectation(row: dict[str, object], findings: list[Finding], outcome: Outcome) -> None:
    """Count whether an expected warning is given, or a warning that must not be given is not."""
    expected = str(row["expect"])
    name = expected.lstrip("!")
    codes = sorted({f.code for f in findings})
    if expected.startswith("!"):
        outcome.silences += 1
        if name == "Error":
            kept = is_valid(findings) or not row["valid"]
        elif name == "Warning":
            kept = all(f.level is not Level.WARNING for f in findings)
        else:
            kept = name not in names(findings, errors=False)
        outcome.silent += kept
        if not kept and name in row["errors"] + row["warnings"]:  # type: ignore[operator]
            outcome.silent += 1
        elif not kept:
            outcome.lines.append(f"silence  {row['file']}: not silent of {name} | ours {codes}")
    elif name in row["warnings"]:  # type: ignore[operator]
        outcome.warnings += 1
        warned = name in names(findings, errors=False)
        outcome.warned += warned
        if not warned:
            outcome.lines.append(f"warning  {row['file']}: no {name} | ours {codes}")


def main(arguments: list[str]) -> int:
    """Print the report; return 0 if every threshold is met."""
    folder = Path(arguments[0]) if arguments else FOLDER
    if not folder.is_dir():
        print(f"no such folder: {folder}", file=sys.stderr)  # noqa: T201
        return 2
    outcome = run(folder)
    report = [
        f"{area:45} {outcome.agreeing[area]:4} of {count:4}" for area, count in sorted(outcome.files.items())
    ]
    total = sum(outcome.files.values())
    report += [*outcome.lines, ""]
    report.append(f"verdicts {sum(outcome.agreeing.values())} of {total} ({outcome.verdicts:.1%})")
    report.append(f"expected warnings given {outcome.warned} of {outcome.warnings}")
    report.append(f"silences kept {outcome.silent} of {outcome.silences}")
    print("\n".join(report))  # noqa: T201
    return 0 if outcome.verdicts >= 0.99 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

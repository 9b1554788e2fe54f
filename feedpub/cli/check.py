"""``feedpub check``: say whether a config is right and its rules do what their examples say."""

from __future__ import annotations

import typer

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    FAILED,
    ConfigOption,
    Format,
    FormatOption,
    print_json,
    print_text,
)


def check(config: ConfigOption = DEFAULT_CONFIG, *, report_format: FormatOption = Format.TEXT) -> None:
    """Check a config and the examples of its rules; read no article, write nothing.

    Example: feedpub check --config config.yaml
    """
    from feedpub.config import load_config  # noqa: PLC0415 - keeps --help fast

    settings = load_config(config)
    failing = settings.rules.failing_examples()
    warnings = settings.rules.lint()
    if report_format is Format.JSON:
        print_json(
            {"failing_examples": [str(f.error()) for f in failing], "warnings": [str(w) for w in warnings]}
        )
    else:
        for example in failing:
            print_text(str(example.error()))
        for warning in warnings:
            print_text(f"{warning}")
        if not failing:
            feeds, sources = len(settings.feeds), len(settings.sources)
            print_text(
                f"{config}: {feeds} feeds from {sources} sources; the config is right and its examples hold."
            )
    if failing:
        raise typer.Exit(FAILED)

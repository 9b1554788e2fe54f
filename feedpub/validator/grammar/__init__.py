"""The grammars of values: dates, IRIs, language tags, media types, addresses, markup. Text in, verdict out."""

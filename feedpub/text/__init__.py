"""Text in general: dates, HTML, folding and similarity."""

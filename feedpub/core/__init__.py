"""What everything may import: errors, values that feeds can carry, YAML that knows its place, and a disk spool."""

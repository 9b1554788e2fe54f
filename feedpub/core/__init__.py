"""What all packages may import: errors, values that feeds can carry, YAML with places, and a disk spool."""

"""What the rules find, and what a change of them does: read from the plan; nothing is written."""

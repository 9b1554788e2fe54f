"""A folder of this machine as the place where documents are published."""

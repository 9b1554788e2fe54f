"""Articles and entries, duplicates of them, and the ids under which subscribers know them."""

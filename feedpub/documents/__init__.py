"""What goes out: the documents of a feed, written, read back and checked."""

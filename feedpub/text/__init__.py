"""What is known about text as such: dates, HTML, folding and similarity."""

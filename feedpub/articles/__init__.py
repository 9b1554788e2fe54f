"""What an article is, which of them are one, and under which id subscribers know it."""

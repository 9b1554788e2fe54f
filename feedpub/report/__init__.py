"""What the rules do to the articles at hand: looked up, compared, counted. Nothing here writes or prints."""

"""The pages for people: what feeds there are, and what is in each. Templates get frozen values, see ``context``."""

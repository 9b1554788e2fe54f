"""The pages for people: the list of feeds, and the content of each. Templates get frozen values, see ``context``."""

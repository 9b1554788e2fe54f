"""What each document of each feed is to hold, and whether a build may go on."""

"""The way back: settled codings as files that the team's tools read."""

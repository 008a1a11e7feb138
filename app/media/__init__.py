"""The files of media: taking them in, telling what they hold, and keeping them. Knows no database and no web."""

"""The commands that read: one file for each, with its command, its parser, its answer and its place in the table."""

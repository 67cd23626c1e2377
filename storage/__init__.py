"""What is remembered: Core tables, one store whose verbs are transactions, and the archive of fetched bytes."""

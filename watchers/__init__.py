"""The watcher: from the pages of the source site to rows that say what has changed. Knows nothing of channels."""

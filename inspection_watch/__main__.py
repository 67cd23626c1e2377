"""`python -m inspection_watch` is `inspection-watch`."""

from inspection_watch.cli import main

main()

"""The program: settings, wiring and the command line. Imports everything; nothing imports it."""

"""What is owed is sent: once, in order, and again if it has to be."""

"""What there is to tell, whom, and how: changes become messages, corrections and digests that are owed."""

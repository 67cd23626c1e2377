"""The whole product on one machine: a local copy of the source site, documents of our own, and a Slack to look at."""

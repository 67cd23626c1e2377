"""The doors to Slack: signing in, Socket Mode, signed HTTP, and what Slack knows about people and channels."""

"""What a channel wants to be told, who may say so, and what people type for it."""

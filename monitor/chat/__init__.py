"""The chat: what the bot says (no library), and how Telegram carries it (`app`, `messenger` and their neighbours)."""

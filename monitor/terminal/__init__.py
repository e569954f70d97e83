"""The chat without Telegram: alerts and commands in a terminal, through the same desk."""

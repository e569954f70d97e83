"""The schema of what the chat keeps: who may do what, buttons, acknowledgements. See `migrations`."""

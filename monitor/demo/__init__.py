"""The demo: bundled feeds on loopback, and a tour of what the real job makes of them."""

"""Tocsin's program: feeds in, rules, alerts out. See CONTRIBUTING.md for the map of the house."""

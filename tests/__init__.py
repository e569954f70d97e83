"""Tocsin's tests: one folder a part of the program, and the servers they are played against."""

"""Benchmarks: `make bench` runs all and prints their figures. Ratios and bars, measured on the real program."""

"""A publisher who keeps count: thirty lines of politeness, a hundred points, measured by the request log alone.

`python -m tests.publisher` runs Tocsin's own polling against it, over days of a steered clock, with a kill -9 and a
restart in between, and prints the card. `python -m tests.publisher serve` only serves, so that any other feed
reader can be scored: it prints the feeds' addresses, and the card when it is told to stop.

`server` answers and keeps the log, `scripts` say what is answered to whom, `lines` judge what was seen, `play` runs
the days of a card, with `poller` as the process that polls.
"""

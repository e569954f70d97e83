"""Feeds: from an address to a batch of stories. Import the modules themselves; this package imports nothing.

`fetch` asks the server (aiohttp): `answers` reads what it says, `guard` decides which addresses may be
reached, `redirects` which turns are followed; `decode` unpacks the body within bounds, `lanes` keeps to one
conversation per host. `parse` reads the page (feedparser, with `buffered` as its XML driver): `entries`
makes stories, `keys` gives them their identity, `dates` reads the dates that feedparser does not. `workers`
runs `parse` in processes that can be killed (pebble). `opml` reads and writes lists of feeds.
"""

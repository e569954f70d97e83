"""Feeds: from an address to a batch of stories. Import the modules themselves; this package imports nothing.

`fetch` holds the conversation with a server, `wire` (aiohttp) carries it, `meter` bounds it: `asking` says what is
asked, `answers` reads what comes back, `guard` decides which addresses may be reached, `lookup` asks for them,
`redirects` says which turns are followed, `robots` (protego) what a site forbids, `variables` fills in secrets;
`decode` unpacks the body within bounds, `lanes` keeps to one conversation per host.

`workers` runs work in processes that can be killed (pebble), `parser` parses there: `utf8` and `charsets` bring a page
to UTF-8, `items` cuts what was seen, `parse` (feedparser, with `buffered` as its XML driver), `jsonfeed` and `sitemap`
read it, `channel` and `wishes` what it says of itself and asks of pollers, `entries` makes stories, `dates`, `months`
and `zones` read dates, `aggregators` finds the publisher in a redirect's link.

`discovery` finds the feeds that a page names, `scout` looks at sites and feeds outside the rhythm, `fulltext`
(trafilatura) reads articles, `websub`, `callback` (aiohttp's server) and `advertised` deal with hubs, `opml` reads and
writes lists of feeds.
"""

"""The messages of the bot as pictures, in all its languages: `make gallery`, then look at them.

`scenes` makes the messages, `drawing` puts them on pages as a phone shows them, `__main__` writes the pages and
says what a machine can see: words that do not fit, markup and untranslated text that shows, texts never shown.
"""

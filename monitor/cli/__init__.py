"""The command line: `python bot.py ...`. A contract: names, options, `--json` shapes and exit codes stay.

0 is fine; 1 means that what was asked about is wrong (a bad rule, a failing example, a broken line, a database
that cannot be used); 2 is misuse (unknown option, wrong setting). Errors go to stderr.
"""

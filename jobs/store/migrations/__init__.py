"""The way from every released form of the database to the newest one, by Alembic.

A new form: a file `versions/NNNN_what.py` with `revision` and `down_revision`, its revision at the
end of `REVISIONS`, and the same change in `tables.py`. A file is never edited after a release.
This module imports nothing, so that a start at head costs nothing; a test compares it with what
Alembic finds in `versions/`.
"""

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
HEAD = REVISIONS[-1]

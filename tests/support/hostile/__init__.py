"""Files that nobody means well with, by their kind, each with what is said of it."""

from hostile import archives, lines, objects, tables, workbooks

__all__ = ["REFUSED"]

REFUSED = {
    name: case
    for kind in (lines, objects, tables, archives, workbooks)
    for name, case in kind.REFUSED.items()
}

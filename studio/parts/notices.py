"""What a page says to a person: errors with their cure, warnings, findings, empty states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from jobs import AttuneError, DataError, Excerpt, Finding
from studio.parts.text import clip, count, esc

_SIGNS = {
    "error": "Problem",
    "warning": "Warning",
    "question": "Question",
    "note": "Note",
    "good": "Done",
}


def notice(
    sentence: str,
    cure: str = "",
    *,
    kind: str = "note",
    detail: str = "",
    excerpt: Excerpt | None = None,
) -> str:
    """One thing to know; `detail` is folded, `excerpt` is the text that it speaks of."""
    fold = (
        f"<details><summary>Details</summary><pre>{esc(clip(detail, 20_000))}</pre></details>"
        if detail
        else ""
    )
    cure = f" <span>{esc(cure)}</span>" if cure else ""
    role = "alert" if kind == "error" else "status"
    return (
        f'<div class="notice {kind}" role="{role}"><p><strong>{_SIGNS[kind]}.</strong> '
        f"{esc(sentence)}{cure}</p>{_excerpt(excerpt) if excerpt else ''}{fold}</div>"
    )


def _excerpt(found: Excerpt) -> str:
    """The line with the place marked, by a frame as well as a colour."""
    marked = f"<mark>{esc(found.marked)}</mark>" if found.marked else ""
    return f'<pre class="excerpt">{esc(found.before)}{marked}{esc(found.after)}</pre>'


def error_notice(error: AttuneError | Mapping[str, str]) -> str:
    """An error as it was raised, or as the database keeps it."""
    if isinstance(error, AttuneError):
        found = error.excerpt if isinstance(error, DataError) else None
        return notice(error.what, error.cure, kind="error", detail=error.detail, excerpt=found)
    return notice(
        error.get("what", "It failed."),
        error.get("cure", ""),
        kind="error",
        detail=error.get("detail", ""),
    )


def bug_notice(error: Exception, trace: str) -> str:
    """An error that nobody foresaw, with what a report of it needs."""
    return notice(
        f"Attune made a mistake of its own here ({type(error).__name__}). Nothing was changed.",
        "Try it once more. If it comes back, report it with the details below.",
        kind="error",
        detail=trace,
    )


def closable(html: str) -> str:
    """A notice with a button that takes it away."""
    button = '<button type="button" class="close" aria-label="Close this message">×</button>'
    return f'<div class="closable">{html}{button}</div>'


def findings(
    found: Iterable[Finding],
    mend: Callable[[Finding], str] | None = None,
    at: Callable[[Finding, int], str] | None = None,
) -> str:
    """What the doctor noticed, in order of harm, with the rows.

    `mend` makes the button of a finding, `at` the address at which a row is seen, "" where it is
    nowhere.
    """
    parts = []
    for finding in sorted(found, key=lambda finding: finding.rank):
        why = f'<p class="why-it-matters">{esc(finding.why)}</p>' if finding.why else ""
        button = mend(finding) if mend and finding.mend else ""
        rows = ""
        if finding.rows:
            more = " and more" if finding.count > len(finding.rows) else ""
            told = ", ".join(_row(row, at(finding, row) if at else "") for row in finding.rows)
            name = "Row" if finding.count == 1 else "Rows"
            rows = f'<p class="quiet">{name} {told}{more}</p>'
        parts.append(
            f'<li class="notice {finding.severity}"><p><strong>{_SIGNS[finding.severity]}.</strong>'
            f" {esc(finding.sentence)}</p>{why}{rows}{button}</li>"
        )
    if not parts:
        return '<p class="quiet">Nothing stands out in this data.</p>'
    return f'<ul class="plain">{"".join(parts)}</ul>'


def rows_counted(found: Iterable[Finding]) -> str:
    """How the rows that findings list are counted; nothing where none lists any."""
    if not any(finding.rows for finding in found):
        return ""
    return (
        '<p class="quiet">A header is not counted among the rows: where the file has one, row 1 '
        "stands in row 2 of a spreadsheet.</p>"
    )


def _row(row: int, address: str) -> str:
    return f'<a href="{esc(address)}">{count(row)}</a>' if address else count(row)


def empty(sentence: str, link: str = "", label: str = "") -> str:
    """What will be here, and the step that fills it."""
    step = f'<a class="button" href="{esc(link)}">{esc(label)}</a>' if link else ""
    return f'<div class="empty"><p>{esc(sentence)}</p>{step}</div>'

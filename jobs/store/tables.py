"""The tables; `migrations/` brings a file to this form, and a test compares the two.

Times are seconds since the epoch. Ids of what owns a folder are never given twice, even after a
delete, so a folder that was left behind is never taken for somebody else's.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

metadata = MetaData()
_JSON = JSON(none_as_null=True)


def _owner(target: str, *, nullable: bool = False) -> Column:
    """A reference whose row goes when the row it belongs to goes."""
    name = target.split(".")[0].rstrip("s") + "_id"
    return Column(name, Integer, ForeignKey(target, ondelete="CASCADE"), nullable=nullable)


datasets = Table(
    "datasets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("ready", Boolean, nullable=False, default=False),  # False: its folder is being written
    Column("source", Text, nullable=False, default=""),
    Column("columns", _JSON),
    Column("template", Text, nullable=False, default="{prompt}"),
    Column("counts", _JSON),
    Column("fingerprint", Text, nullable=False, default=""),
    Column("findings", _JSON),
    Column("bytes", Integer, nullable=False, default=0),
    # Every version is a row of its own, with a folder of its own; one of them is the current one.
    Column("version", Integer, nullable=False, default=1, server_default="1"),
    Column("current", Boolean, nullable=False, default=True, server_default="1"),
    Column("change", Text, nullable=False, default="", server_default=""),  # what made it
    Column("changes", _JSON),  # rows that were dropped, changed and added
    Column("studied", Boolean, nullable=False, default=False, server_default="0"),
    Column("intake", _JSON),  # rows that its import read, and those left out by reason
    Column("parent_id", Integer, ForeignKey("datasets.id"), index=True),
    # Only finished ones own their name: an import that died holds nobody up.
    Index("datasets_name", "name", unique=True, sqlite_where=text("ready = 1 AND current = 1")),
    Index("datasets_version", "name", "version", unique=True, sqlite_where=text("ready = 1")),
    sqlite_autoincrement=True,
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created", Float, nullable=False),
    Column("dataset_id", Integer, ForeignKey("datasets.id"), nullable=False, index=True),
    Column("model", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("effort", Text, nullable=False),
    Column("options", _JSON, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("template", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("forecast", _JSON, nullable=False),
    Column("result", _JSON),
    sqlite_autoincrement=True,
)

comparisons = Table(
    "comparisons",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created", Float, nullable=False),
    _owner("datasets.id"),
    Column("model", Text, nullable=False),
    Column("split", Text, nullable=False),
    Column("limit", Integer),
    Column("variants", _JSON, nullable=False),
    Column("settings", _JSON, nullable=False),
    Column("request", Text, nullable=False, index=True),  # digest of all that was asked for
    Column("verdict", Text, nullable=False, default=""),
    Column("outcome", Text, nullable=False, default="", server_default=""),
    Index("comparisons_dataset", "dataset_id"),
    sqlite_autoincrement=True,
)

comparison_runs = Table(
    "comparison_runs",
    metadata,
    Column("comparison_id", ForeignKey("comparisons.id", ondelete="CASCADE"), primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Index("comparison_runs_run", "run_id", "comparison_id"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("position", Integer, nullable=False, index=True),  # in the queue; grows at each queuing
    _owner("runs.id", nullable=True),
    _owner("comparisons.id", nullable=True),
    Column("after_id", Integer, ForeignKey("jobs.id", ondelete="SET NULL"), index=True),
    Column("payload", _JSON, nullable=False),
    Column("created", Float, nullable=False),
    Column("started", Float),
    Column("ended", Float),
    Column("heartbeat", Float),
    Column("stop_requested", Boolean, nullable=False, default=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("pid", Integer),
    Column("ticks", Integer),  # the kernel's start time of the pid: tells a reused one
    Column("boot_id", Text),
    Column("oom_kills", Integer),  # the kernel's count when the child began
    Column("oom_counter", Text),  # the file that says it: another control group has another one
    Column("phase", Text, nullable=False, default=""),
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer, nullable=False, default=0),
    Column("seconds_left", Float),
    Column("step", Integer, nullable=False, default=0),  # of training, whatever the phase counts
    Column("steps", Integer, nullable=False, default=0),
    Column("error", _JSON),
    Index("jobs_queue", "device", "state", "position"),
    Index("jobs_state", "state", "position"),
    Index("jobs_run", "run_id", "kind", "id"),
    Index("jobs_comparison", "comparison_id", "id"),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    _owner("jobs.id"),
    _owner("runs.id", nullable=True),
    Column("attempt", Integer, nullable=False, default=0),
    Column("time", Float, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", _JSON, nullable=False),
    Index("events_run", "run_id", "kind", "id"),
    Index("events_job_after", "job_id", "id"),
    Index("events_run_after", "run_id", "id"),
    sqlite_autoincrement=True,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("id", Integer, primary_key=True),
    _owner("runs.id"),
    Column("step", Integer, nullable=False),
    Column("folder", Text, nullable=False),  # below the home where it can be: a home may move
    Column("validation_loss", Float),
    Column("created", Float, nullable=False),
    Index("checkpoints_run", "run_id", "step", unique=True),
    sqlite_autoincrement=True,
)

completions = Table(
    "completions",
    metadata,
    Column("key", Text, primary_key=True),  # digest of the caller's key
    Column("position", Integer, primary_key=True),  # of the prompt
    Column("text", Text, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("hit_limit", Boolean, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("nll", Float),  # of the first reference; NULL: not measured
    Column("reference_tokens", Integer, nullable=False, server_default="0"),
    _owner("runs.id", nullable=True),  # NULL: the base's, or of a release that did not note it
    Index("completions_run", "run_id"),
    sqlite_with_rowid=False,
)

votes = Table(
    "votes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created", Float, nullable=False),
    _owner("comparisons.id"),
    Column("voter", Text, nullable=False),
    Column("position", Integer, nullable=False),  # of the prompt
    Column("pair", Text, nullable=False),  # both variants, sorted
    Column("left", Text, nullable=False),
    Column("right", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Index("votes_once", "comparison_id", "voter", "position", "pair", unique=True),
    sqlite_autoincrement=True,
)

asks = Table(
    "asks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created", Float, nullable=False),
    Column("model", Text, nullable=False),
    Column("variants", _JSON, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("settings", _JSON, nullable=False),
    Column("job_id", Integer, ForeignKey("jobs.id", ondelete="SET NULL"), index=True),
    sqlite_autoincrement=True,
)

answers = Table(
    "answers",
    metadata,
    Column("ask_id", ForeignKey("asks.id", ondelete="CASCADE"), primary_key=True),
    Column("variant", Text, primary_key=True),
    Column("completion", _JSON),
    Column("error", _JSON),
    # False: it is being written, or was when its job ended
    Column("whole", Boolean, nullable=False, default=True, server_default="1"),
    Column("note", Text, nullable=False, default="", server_default=""),  # what is odd about it
    sqlite_with_rowid=False,
)

runners = Table(
    "runners",
    metadata,
    Column("device", Text, primary_key=True),
    Column("pid", Integer),  # NULL: nobody has the place
    Column("ticks", Integer),
    Column("boot_id", Text),
    Column("started", Float),
    Column("spawned", Float),  # when somebody last started a process for it
)

facts = Table(
    "facts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", _JSON),
    Column("time", Float, nullable=False),
)

"""Data: reading files, naming columns, the doctor, splits, datasets on the disk, the renderer."""

from jobs.data.columns import check, guess
from jobs.data.dataset import ImportedDataset, import_dataset
from jobs.data.doctor import examine
from jobs.data.encoding import encodings
from jobs.data.formats import Format, formats, read_table
from jobs.data.pasted import save_pasted
from jobs.data.previews import Preview, preview
from jobs.data.progress import OnProgress, Progress, silent
from jobs.data.shots import fitting, with_shots
from jobs.data.source import ReadAs
from jobs.data.splits import split
from jobs.data.storage import count_examples, load_examples, read_examples
from jobs.data.table import Table
from jobs.data.template import Renderer, check_template

__all__ = [
    "Format",
    "ImportedDataset",
    "OnProgress",
    "Preview",
    "Progress",
    "ReadAs",
    "Renderer",
    "Table",
    "check",
    "check_template",
    "count_examples",
    "encodings",
    "examine",
    "fitting",
    "formats",
    "guess",
    "import_dataset",
    "load_examples",
    "preview",
    "read_examples",
    "read_table",
    "save_pasted",
    "silent",
    "split",
    "with_shots",
]

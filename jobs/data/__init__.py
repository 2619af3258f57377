"""Data: reading files, naming columns, the doctor, splits, datasets on the disk, the renderer."""

from jobs.data.columns import check, guess
from jobs.data.dataset import ImportedDataset, import_dataset
from jobs.data.doctor import examine
from jobs.data.formats import Format, formats, read_table
from jobs.data.previews import Preview, preview
from jobs.data.shots import fitting, with_shots
from jobs.data.splits import split
from jobs.data.storage import count_examples, load_examples, read_examples
from jobs.data.table import Table
from jobs.data.template import Renderer, check_template

__all__ = [
    "Format",
    "ImportedDataset",
    "Preview",
    "Renderer",
    "Table",
    "check",
    "check_template",
    "count_examples",
    "examine",
    "fitting",
    "formats",
    "guess",
    "import_dataset",
    "load_examples",
    "preview",
    "read_examples",
    "read_table",
    "split",
    "with_shots",
]

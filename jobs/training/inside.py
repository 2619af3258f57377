"""What a soft prompt has become, looked at once when training ends, while the model is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jobs.methods.method import SoftPrompting
from jobs.methods.soft_prompt import write
from jobs.models.tokenizer import load_tokenizer
from jobs.training.neighbours import look
from jobs.training.setup import Training


def look_inside(training: Training, adapter: Path) -> None:
    """Keep beside the run what its saved vectors are near to; of other methods there is nothing.

    Leaves the saved weights in the model, so it comes after the last step.
    """
    method, start = training.method, training.start
    if start is None or not isinstance(method, SoftPrompting):
        return
    model: Any = training.model
    method.restore(model, adapter)
    vectors = method.soft_prompt(model)
    table = model.get_input_embeddings().weight
    tokenizer = load_tokenizer(training.plan.info)
    write(look(vectors, start, table, tokenizer), training.plan.folder)

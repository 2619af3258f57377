"""A model's tokenizer, chat template included, without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.errors import ModelError, NotFound
from jobs.models.libraries import quiet
from jobs.types import ModelInfo

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

FILES = (
    *("tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json"),
    *("added_tokens.json", "vocab.json", "vocab.txt", "merges.txt", "spiece.model"),
    *("chat_template.jinja", "chat_template.json", "sentencepiece.bpe.model"),
)


def load_tokenizer(info: ModelInfo, *, convert: bool = False) -> PreTrainedTokenizerBase:
    """The tokenizer of tokenizer.json, which needs no torch.

    A model with older files alone is converted where `convert` says so: that imports torch, so
    only children ask for it. `NotFound` for a model that is still on the Hub.
    """
    if info.path is None:
        raise NotFound(
            f"“{info.title}” is not on this machine yet.", "Fetch it first, then try again."
        )
    if (info.path / "tokenizer.json").is_file():
        from transformers import PreTrainedTokenizerFast as Tokenizer
    elif convert:
        from transformers import AutoTokenizer as Tokenizer
    else:
        raise _unreadable(info, "there is no tokenizer.json")
    with quiet():
        try:
            return Tokenizer.from_pretrained(
                info.path, local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError, KeyError, ImportError, TypeError) as error:
            raise _unreadable(info, str(error)) from error


def _unreadable(info: ModelInfo, detail: str) -> ModelError:
    return ModelError(
        f"The tokenizer of “{info.title}” cannot be read.",
        "Use a version of the model that has a tokenizer.json.",
        detail=detail,
    )

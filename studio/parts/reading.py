"""What a model reads: the first prompts with template and turns around them."""

from __future__ import annotations

from jobs import Reading, template_named
from studio.parts.text import clip, esc


def reading_note(read: Reading) -> str:
    """In a sentence: which template, and whether the model has turns of its own."""
    known = template_named(read.template)
    if known is not None and known.name == "none":
        words = "Nothing is put around your prompts."
    elif known is not None:
        words = f"The template “{known.title}” stands around your prompts."
    else:
        words = "A template of your own stands around your prompts."
    if read.chat:
        words += " The model’s own chat template comes around that: who speaks, and when it ends."
    elif read.chat is None:
        words += " Whether the model has a chat template of its own shows when it is downloaded."
    return words


def reading_view(read: Reading) -> str:
    """The note and the texts, every line break and every sign as it is."""
    texts = "".join(f'<pre dir="auto">{esc(clip(text, 1500))}</pre>' for text in read.texts)
    return f'<p class="quiet">{esc(reading_note(read))}</p>{texts}'

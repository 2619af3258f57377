"""QLoRA: LoRA over a base held in 4 bits (Dettmers et al. 2023)."""

from jobs.methods.lora import LowRank

method = LowRank(
    name="qlora",
    title="QLoRA",
    what="LoRA over a base that is packed into 4 bits a weight, a quarter of the usual memory.",
    when="When the model is too large for LoRA here. A little slower and a little less exact.",
    order=2,
    precision_of_base="4bit",
)

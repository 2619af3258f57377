"""The lines of Python that load a run, written out for the model and the method at hand."""

from __future__ import annotations

from jobs import RunInfo

_CODE = """import torch, transformers
from peft import PeftModel

base = transformers.{loader}.from_pretrained({base!r}, dtype=torch.float32{quantized})
tokenizer = transformers.AutoTokenizer.from_pretrained({base!r})
model = PeftModel.from_pretrained(base, "adapter").eval()

text = {template!r}.replace("{{prompt}}", "Your prompt")
{form}
inputs = tokenizer(text, return_tensors="pt", add_special_tokens=not tokenizer.chat_template)
inputs = {{key: inputs[key] for key in ("input_ids", "attention_mask")}}
ids = model.generate(**inputs, max_new_tokens=200, do_sample=False)
print(tokenizer.decode(ids[0]{cut}, skip_special_tokens=True))"""

_CAUSAL = """if tokenizer.chat_template:
    chat = [{"role": "user", "content": text}]
    text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
elif not text[-1:].isspace():
    text += "\\n"
"""

_QUANTIZED = """,
    quantization_config=transformers.BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.float32,
    ),
"""


def loading_code(run: RunInfo, kind: str) -> str:
    """For the unpacked zip; `kind` is the base model's, causal or encoder-decoder."""
    causal = kind == "causal"
    return _CODE.format(
        loader="AutoModelForCausalLM" if causal else "AutoModelForSeq2SeqLM",
        base="base" if run.model == "starter" else run.model,
        quantized=_QUANTIZED if run.method == "qlora" else "",
        template=run.template,
        form=_CAUSAL if causal else "",
        cut='[inputs["input_ids"].shape[1] :]' if causal else "",
    )

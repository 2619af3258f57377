import datetime
import json

import pytest

from jobs.data import Renderer, check_template
from jobs.errors import InputError, ModelError


def test_a_template_holds_the_placeholder_once():
    assert check_template("Summarize: {prompt}") == "Summarize: {prompt}"
    for bad, word in (("", "no {prompt}"), ("{prompt} {prompt}", "2 times"), ("{Prompt}", "no {")):
        with pytest.raises(InputError, match=word.replace("{", r"\{")):
            check_template(bad)


def test_an_unknown_placeholder_is_named():
    with pytest.raises(InputError, match=r"“\{input\}” is not known"):
        check_template("Answer {input}")


def test_other_braces_stay_literal(llama):
    renderer = Renderer(llama, '{"task": "{prompt}", "style": {brief}}')
    assert renderer.text("a {prompt} {0}\n") == '{"task": "a {prompt} {0}\n", "style": {brief}}\n'


def test_without_chat_template_the_prompt_ends_with_white_space(llama):
    assert Renderer(llama, "Q: {prompt}").text("why") == "Q: why\n"
    assert Renderer(llama, "Q: {prompt}\nA: ").text("why") == "Q: why\nA: "


def test_trap_3_the_beginning_token_stands_once(llama):
    renderer = Renderer(llama)
    ids = renderer.prompt_ids("Hi")
    assert ids[0] == llama.bos_token_id
    assert ids.count(llama.bos_token_id) == 1
    assert llama.eos_token_id not in ids
    assert Renderer(llama, "<s>{prompt}").prompt_ids("Hi").count(llama.bos_token_id) == 1


def test_trap_3_a_chat_template_that_writes_the_beginning_gets_no_second(llama_chat):
    renderer = Renderer(llama_chat)
    assert renderer.text("Hi") == "<s>[INST] Hi [/INST]"
    ids = renderer.prompt_ids("Hi")
    assert ids.count(llama_chat.bos_token_id) == 1
    assert ids == llama_chat(renderer.text("Hi"), add_special_tokens=False)["input_ids"]


def test_trap_5_prompt_ids_are_a_plain_list_and_a_prefix_of_the_whole_conversation(chatml):
    ids = Renderer(chatml).prompt_ids("Hi")
    assert type(ids) is list
    assert all(type(token) is int for token in ids)
    conversation = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}]
    whole = chatml.apply_chat_template(conversation, tokenize=True, return_dict=True)["input_ids"]
    both = ids + Renderer(chatml).completion_ids("Yes")
    assert whole[: len(both)] == both


def test_trap_2_the_turn_ends_as_the_chat_template_writes_it(chatml):
    renderer = Renderer(chatml, extra_end_ids=(chatml.eos_token_id, 77))
    turn = chatml.convert_tokens_to_ids("<|im_end|>")
    assert renderer.completion_ids("Yes")[-1] == turn
    assert renderer.end_ids == (turn, chatml.eos_token_id, 77)


def test_trap_2_white_space_before_the_end_is_no_end(llama_chat):
    assert Renderer(llama_chat).end_ids == (llama_chat.eos_token_id,)


def test_trap_2_a_chat_template_without_an_end_falls_back_to_the_tokenizers(llama):
    llama.chat_template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
    assert Renderer(llama).end_ids == (llama.eos_token_id,)


def test_trap_1_the_end_token_is_added_once_though_it_pads(llama, chatml):
    for tokenizer, end in ((llama, "</s>"), (chatml, "<|im_end|>")):
        renderer = Renderer(tokenizer)
        plain = renderer.completion_ids("Yes")
        assert renderer.completion_ids(f"Yes{end}") == plain
        assert plain.count(plain[-1]) == 1
    assert Renderer(llama).pad_id == llama.eos_token_id


def test_trap_4_a_completion_is_tokenized_apart_from_its_prompt(llama):
    renderer = Renderer(llama)
    joined = renderer.prompt_ids("Say [/INST]") + renderer.completion_ids("[/INST] yes")
    assert llama.decode(joined, skip_special_tokens=True) == "Say [/INST]\n[/INST] yes"
    assert renderer.completion_ids("yes") == [*llama.encode("yes")[1:], llama.eos_token_id]


def test_trap_6_nothing_is_cut_in_silence(llama, t5):
    for tokenizer, kind in ((llama, "causal"), (t5, "encoder-decoder")):
        tokenizer.model_max_length = 8
        renderer = Renderer(tokenizer, kind=kind)
        assert len(renderer.prompt_ids("x" * 500)) > 500
        assert len(renderer.completion_ids("y" * 500)) == 501


def test_an_encoder_decoder_reads_the_template_as_it_is(t5):
    renderer = Renderer(t5, "summarize: {prompt}", "encoder-decoder")
    assert renderer.text("x") == "summarize: x"
    ids = renderer.prompt_ids("x")
    assert ids == t5("summarize: x")["input_ids"]
    assert ids[-1] == t5.eos_token_id
    assert ids.count(t5.eos_token_id) == 1
    assert renderer.completion_ids("y")[-1] == t5.eos_token_id
    assert renderer.pad_id == t5.pad_token_id


def test_a_prompt_reads_the_same_on_another_day_and_without_thinking_aloud(chatml):
    chatml.chat_template = (
        "{% if not date_string is defined %}{% set date_string = strftime_now('%d %b %Y') %}"
        "{% endif %}{{ date_string }}"
        "{% for m in messages %}{{ m['content'] }}<|im_end|>{% endfor %}"
        "{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}"
    )
    text = Renderer(chatml).text("Hi")
    assert datetime.date.today().strftime("%Y") not in text.replace("2024", "")
    assert text.endswith("Hi<|im_end|><think></think>")


def test_a_chat_template_that_refuses_is_a_model_error(chatml):
    chatml.chat_template = "{{ raise_exception('needs a tool') }}"
    with pytest.raises(ModelError, match="chat template") as caught:
        Renderer(chatml)
    assert "needs a tool" in caught.value.detail


def test_a_tokenizer_without_an_end_token_is_refused(llama):
    llama.eos_token = None
    with pytest.raises(ModelError, match="never learn to stop"):
        Renderer(llama)
    assert Renderer(llama, extra_end_ids=(5,)).end_ids == (5,)


def test_what_is_stored_with_a_run_is_json_and_rebuilds_the_renderer(chatml):
    renderer = Renderer(chatml, "Q: {prompt}", extra_end_ids=(9,))
    told = json.loads(json.dumps(renderer.describe()))
    again = Renderer(chatml, told["template"], told["kind"], tuple(told["end_ids"]))
    assert again.describe() == told
    assert told["chat_template"] == chatml.chat_template

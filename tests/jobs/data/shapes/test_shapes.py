import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.data import import_dataset, load_examples, preview
from jobs.data.shapes import shapes
from jobs.errors import DataError, InputError
from jobs.types import Columns

OPENAI = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hi"},
    {"role": "user", "content": "Where is it?"},
    {"role": "assistant", "content": "There."},
    {"role": "user", "content": "Thanks"},
]
SHAREGPT = [
    {"from": {"user": "human", "assistant": "gpt"}.get(turn["role"], turn["role"]), "value": text}
    for turn in OPENAI
    for text in [turn["content"]]
]
BEFORE = "System: Be brief.\n\nUser: Hello\n\nAssistant: Hi\n\nUser: Where is it?"


def _write(path, cells, name):
    rows = [{"id": str(i), name: cell} for i, cell in enumerate(cells)]
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".csv":
        quoted = ['"' + json.dumps(row[name]).replace('"', '""') + '"' for row in rows]
        path.write_text(f"id,{name}\n" + "".join(f"{i},{q}\n" for i, q in enumerate(quoted)))
    else:
        path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "csv"])
@pytest.mark.parametrize(
    ("turns", "name", "shape"),
    [(OPENAI, "messages", "chat"), (SHAREGPT, "conversations", "sharegpt")],
)
def test_a_chat_of_several_turns(ending, turns, name, shape, tmp_path):
    seen = preview(_write(tmp_path / f"rows.{ending}", [turns] * 3, name))
    assert seen.guess == Columns(name, (name,), shape)
    assert "the last answer is the completion" in seen.notes[-1]
    assert [(card.prompt, card.references) for card in seen.cards] == [(BEFORE, ("There.",))] * 3


def test_a_single_question_stands_without_a_name(tmp_path):
    chat = OPENAI[1:3]
    seen = preview(_write(tmp_path / "rows.jsonl", [chat], "messages"))
    assert (seen.cards[0].prompt, seen.cards[0].references) == ("Hello", ("Hi",))


def test_a_chat_without_an_answer_is_reported_and_parts_are_joined(tmp_path):
    parts = [{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "text", "text": "b"}]
    chats = [
        [{"role": "user", "content": "q"}],
        [{"role": "user", "content": parts}, {"role": "assistant", "content": "c"}],
        [{"role": "user", "content": "q"}, {"role": "assistant", "content": None}],
    ]
    seen = preview(_write(tmp_path / "rows.jsonl", chats, "messages"))
    assert [(card.prompt, card.references) for card in seen.cards] == [("a\nb", ("c",))]
    assert {f.code: f.rows for f in seen.findings}["empty_completion"] == (1, 3)


def test_a_chat_under_another_name_is_asked_for_by_it(tmp_path):
    path = _write(tmp_path / "rows.jsonl", [OPENAI] * 12, "talk")
    assert preview(path).guess is None
    seen = preview(path, prompt="talk", completions=("talk",))
    assert seen.chosen == Columns("talk", ("talk",), "chat")
    with pytest.raises(InputError, match="at once"):
        preview(path, prompt="id", completions=("id",))


def test_a_chat_is_kept_with_its_shape(tmp_path):
    chats = [[{"role": "user", "content": f"q{i}"}, OPENAI[2]] for i in range(20)]
    path = _write(tmp_path / "rows.jsonl", chats, "messages")
    test = tmp_path / "test.jsonl"
    test.write_text(json.dumps({"messages": OPENAI}) + "\n")
    made = import_dataset(path, tmp_path / "d", name="d", test_file=test)
    assert made.columns == Columns("messages", ("messages",), "chat")
    assert load_examples(tmp_path / "d", "test")[0].prompt == BEFORE


@pytest.mark.parametrize(
    ("row", "prompt", "references"),
    [
        ({"instruction": "Add", "input": "1 2", "output": "3"}, "Add\n\n1 2", ("3",)),
        ({"instruction": "Add", "input": "", "output": "3"}, "Add", ("3",)),
        ({"question": "q", "answer": "a"}, "q", ("a",)),
        ({"context": "c", "question": "q", "answer": "a"}, "c\n\nq", ("a",)),
        ({"prompt": "p", "reference_1": "x", "reference_2": "y"}, "p", ("x", "y")),
        ({"mr": "m", "ref": "x", "ref2": "x"}, "m", ("x",)),
        ({" Prompt ": "p", "COMPLETION": "c"}, "p", ("c",)),
    ],
)
def test_shapes_of_columns(row, prompt, references, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n")
    (card,) = preview(path).cards
    assert (card.prompt, card.references) == (prompt, references)


def test_every_shape_has_a_place_of_its_own():
    orders = [(shape.order, shape.name) for shape in shapes()]
    assert orders == sorted(orders)
    assert {"pair", "chat", "sharegpt"} == {shape.name for shape in shapes()}


def test_an_empty_chat_is_a_row_without_a_prompt(tmp_path):
    path = _write(tmp_path / "rows.jsonl", [[], *[OPENAI] * 30, []], "messages")
    seen = preview(path)
    assert seen.guess == Columns("messages", ("messages",), "chat")
    assert {f.code: f.rows for f in seen.findings}["empty_prompt"] == (1, 32)


@pytest.mark.parametrize(
    ("turns", "why"),
    [
        ([{"role": "alien", "content": "x"}], "does not tell who speaks in turn 1: “alien” is not"),
        ([OPENAI[0], {"speaker": "user", "content": "x"}], "has no “role” in its turn 2"),
        ([{"role": "user", "content": 7}], "has no text under “content” in its turn 1"),
        ("hello", "holds no list of turns with “role” and “content”"),
    ],
)
def test_why_a_chat_cannot_be_read_is_said_with_its_row(turns, why, tmp_path):
    path = _write(tmp_path / "rows.jsonl", [OPENAI, turns, OPENAI], "messages")
    seen = preview(path)
    assert seen.guess is None
    assert seen.notes == (f"“messages” is no chat that can be read: in row 2 it {why}.",) or (
        seen.notes[0].startswith("“messages” is no chat that can be read: in row 2 it " + why)
    )
    far = _write(tmp_path / "far.jsonl", [*[OPENAI] * 30, turns], "messages")
    with pytest.raises(DataError, match=f"Row 31 is not a chat: “messages” {why}") as caught:
        import_dataset(far, tmp_path / "d", name="d")
    assert "Speakers that are known: system, user" in caught.value.cure
    with pytest.raises(InputError, match="only chats can, and it"):
        preview(path, prompt="messages", completions=("messages",))


def test_chats_in_which_nothing_is_said_are_called_that(tmp_path):
    seen = preview(_write(tmp_path / "rows.jsonl", [[], []], "messages"))
    assert seen.guess is None
    assert seen.notes == ("“messages” holds no chats: nothing is said in its first rows.",)


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_columns_that_are_headed_in_another_language(codec, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(
        "编号,问题,答案\n1,今天天气怎么样,今天是晴天\n2,你叫什么名字,我叫小明\n".encode(codec)
    )
    assert preview(path).guess == Columns("问题", ("答案",))
    path.write_text("Frage;Antwort\nWie geht es?;Gut.\n", encoding="utf-8")
    assert preview(path).guess == Columns("Frage", ("Antwort",))
    path.write_text("Nachfrage;Antwortzeit\nWie geht es?;Gut.\n", encoding="utf-8")
    assert preview(path).guess is None  # never by parts of words


@pytest.mark.parametrize(
    ("head", "prompt", "completion"),
    [
        ("Nr;Eingabe;Ausgabe", "Eingabe", "Ausgabe"),
        ("Nr;Question;Réponse", "Question", "Réponse"),
        ("Nr;Question;Re\u0301ponse", "Question", "Re\u0301ponse"),  # as macOS writes it
        ("Nr;ENTRÉE;Sortie", "ENTRÉE", "Sortie"),
        ("Nr;Pregunta;Respuesta", "Pregunta", "Respuesta"),
        ("Nr;Entrada;Salida", "Entrada", "Salida"),
        ("Nr;Entrada;Saída", "Entrada", "Saída"),
        ("Nr;質問;回答", "質問", "回答"),
    ],
)
def test_whole_names_of_other_languages(head, prompt, completion, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(f"{head}\n1;Wie geht es?;Gut.\n", encoding="utf-8")
    assert preview(path).guess == Columns(prompt, (completion,))


@pytest.mark.parametrize(
    "head",
    ["Eingabedatum;Ausgaben", "Fragen zur Antwort;Text", "Question;Responsable", "Texte;Resumen"],
)
def test_no_parts_of_words_and_no_two_languages_in_one_pair(head, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(f"{head}\nWie geht es?;Gut.\n", encoding="utf-8")
    assert preview(path).guess is None

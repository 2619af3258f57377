"""A question, with or without the text it is about, and the answer."""

from __future__ import annotations

from jobs.data.shapes.pairs import ANSWERS, Pairs

# “Question” and “answer” as people head the columns of their own sheets.
ELSEWHERE = (
    ("frage", ("antwort",)),
    ("pregunta", ("respuesta",)),
    ("domanda", ("risposta",)),
    ("pergunta", ("resposta",)),
    ("vraag", ("antwoord",)),
    ("вопрос", ("ответ",)),
    ("问题", ("答案", "回答")),
    ("問題", ("答案", "回答")),
    ("質問", ("答え", "回答")),
)
SHAPE = Pairs(
    order=2,
    pairs=(
        ("context + question", ANSWERS),
        ("question", ANSWERS),
        ("query", ANSWERS),
        *ELSEWHERE,
    ),
)

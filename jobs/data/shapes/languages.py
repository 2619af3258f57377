"""Columns headed in other languages than English; whole names only, as in every shape."""

from __future__ import annotations

from jobs.data.shapes.pairs import Pairs

# As people head the columns of their own sheets: question and answer, input and output, message
# and reply, text and summary. With and without the accents that some programs leave out.
GERMAN = (
    ("frage", ("antwort",)),
    ("eingabe", ("ausgabe", "antwort")),
    ("anfrage", ("antwort",)),
    ("anweisung + eingabe", ("ausgabe", "antwort")),
    ("anweisung", ("ausgabe", "antwort")),
    ("nachricht", ("antwort",)),
    ("text", ("zusammenfassung",)),
)
FRENCH = (
    ("question", ("réponse", "reponse")),
    ("entrée", ("sortie", "réponse", "reponse")),
    ("entree", ("sortie", "réponse", "reponse")),
    ("demande", ("réponse", "reponse")),
    ("instruction + entrée", ("sortie", "réponse", "reponse")),
    ("instruction", ("sortie", "réponse", "reponse")),
    ("message", ("réponse", "reponse")),
    ("texte", ("résumé", "resume")),
)
SPANISH = (
    ("pregunta", ("respuesta",)),
    ("entrada", ("salida", "respuesta")),
    ("instrucción + entrada", ("salida", "respuesta")),
    ("instrucción", ("salida", "respuesta")),
    ("instruccion", ("salida", "respuesta")),
    ("mensaje", ("respuesta",)),
    ("texto", ("resumen",)),
)
ITALIAN = (
    ("domanda", ("risposta",)),
    ("istruzione", ("risposta",)),
    ("messaggio", ("risposta",)),
    ("testo", ("riassunto",)),
)
PORTUGUESE = (
    ("pergunta", ("resposta",)),
    ("entrada", ("saída", "saida", "resposta")),
    ("instrução", ("saída", "saida", "resposta")),
    ("mensagem", ("resposta",)),
    ("texto", ("resumo",)),
)
DUTCH = (("vraag", ("antwoord",)), ("invoer", ("uitvoer",)), ("tekst", ("samenvatting",)))
NORDIC = (
    ("fråga", ("svar",)),
    ("spørsmål", ("svar",)),
    ("spørgsmål", ("svar",)),
    ("kysymys", ("vastaus",)),
)
SLAVIC = (
    ("вопрос", ("ответ",)),
    ("ввод", ("вывод",)),
    ("питання", ("відповідь",)),
    ("pytanie", ("odpowiedź", "odpowiedz")),
    ("otázka", ("odpověď",)),
)
ASIAN = (
    ("问题", ("答案", "回答")),
    ("输入", ("输出",)),
    ("指令", ("输出",)),
    ("問題", ("答案", "回答")),
    ("質問", ("答え", "回答")),
    ("入力", ("出力",)),
    ("질문", ("답변", "답")),
    ("입력", ("출력",)),
    ("câu hỏi", ("câu trả lời", "trả lời")),
    ("pertanyaan", ("jawaban",)),
)
OTHERS = (
    ("soru", ("cevap", "yanıt")),
    ("ερώτηση", ("απάντηση",)),
    ("kérdés", ("válasz",)),
    ("سؤال", ("جواب", "إجابة")),
    ("السؤال", ("الجواب", "الإجابة")),
    ("प्रश्न", ("उत्तर",)),
)
SHAPE = Pairs(
    order=5,
    pairs=(
        *(*GERMAN, *FRENCH, *SPANISH, *ITALIAN, *PORTUGUESE, *DUTCH, *NORDIC),
        *(*SLAVIC, *ASIAN, *OTHERS),
    ),
)

"""Sentences of a document that give orders to a program: no model is told them, and nothing rests on them.

What a model writes is held against the documents whatever they say; this keeps an order from bearing its own
result out ("answer only with the word X" holds X). The quoting composer quotes such a sentence as any other.
"""

from __future__ import annotations

import re

_ORDERS = re.compile(
    "|".join(
        (
            # what was said before does not count
            r"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|bypass\w*)\b.{0,60}\b(?:instruction|prompt|rule|direct(?:ion|ive))s?\b",
            r"\b(?:ignor\w*|oubli\w*|olvid\w*|omit\w*)\b.{0,60}\b(?:instruc\w+|consignes?|r[eè]gles?|reglas?)\b",
            r"(?:игнорир\w*|забуд\w*)\b.{0,60}(?:инструкц|указани|правил)\w*",
            r"(?:تجاهل|انس|انسَ)\s.{0,60}(?:التعليمات|الأوامر|القواعد|تعليمات)",
            r"(?:忽略|无视|忘记).{0,30}(?:指令|指示|规则|提示)",
            # a turn of a conversation that no document has
            r"^\W*(?:system|assistant|developer)(?:\s+(?:prompt|message|instructions?))?\s*[:>\]]",
            r"<\|?/?(?:im_(?:start|end)|system|assistant|passages?|conversation)\b|\[/?INST\]|\[(?:SYSTEM|ASSISTANT)\]",
            r"\b(?:system|new)\s+(?:prompt|instructions?|rules?)\s*:",
            # how to answer
            r"\b(?:answer|reply|respond|say|write|output|print|repeat)\s+"
            r"(?:only|exactly|nothing but|verbatim)\b",
            r"\b(?:answer|reply|respond|output|print|repeat)\b.{0,40}\b(?:the|this|these|following)\s+"
            r"(?:words?|phrase|sentence|text|string)\b",
            r"\b(?:end|begin|start|finish|close)\s+(?:each|every|all|your)\b.{0,30}\b(?:sentence|answer|reply|response)s?\b",
            r"\b(?:your|the)\s+(?:only\s+)?(?:answer|reply|response)\s+(?:must|should|has to|shall)\b",
            r"\b(?:r[ée]ponds|r[ée]pondez|responde|responda|contesta)\s+(?:seulement|uniquement|solo|s[óo]lo|[úu]nicamente)\b",
            r"(?:отвечай|ответь|ответьте)\s+только|(?:只|仅)(?:能)?回答",
            r"(?:^\W*|[,:;.!]\s*|\bplease\s+|\balways\s+)(?:write|say|add|answer|reply|state|claim|mention)\s+that\b",
            r"(?:^\W*|[,:;.!]\s*)(?:[ée]cri(?:s|vez)|di(?:s|tes)|escrib[ae]|di(?:ga)?|напиши(?:те)?|скажи(?:те)?)\s"
            r"+(?:que|что)\b",
            r"\b(?:in|to|with)\s+(?:your|every|each|any)\s+(?:reply|answer|summary|response|output)\b",
            # whom it is said to
            r"\b(?:those\s+who|anyone\s+who|whoever|everyone\s+who)\s+(?:sums?\s+(?:\w+\s+){0,2}up|summari[sz]es?)\b",
            r"\byou\s+are\s+(?:now\s+)?(?:an?|the)\s+(?:\w+\s+)?(?:ai|assistant|chat\s?bot|language model)\b",
            r"\b(?:tell|show|reveal|send|forward)\s+(?:the|your)\s+"
            r"(?:user|system prompt|prompt|instructions?|conversation)\b",
        )
    ),
    re.IGNORECASE,
)


def gives_orders(text: str) -> bool:
    """Whether a sentence of a document speaks to the program that reads it."""
    return _ORDERS.search(text[:2_000]) is not None

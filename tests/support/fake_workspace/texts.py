"""Prompts and completions in many scripts, and names that want to do harm."""

from __future__ import annotations

NASTY = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> ${1+1} {{value}} `x`'

LONG = "house-style-for-the-customer-service-team-in-the-north-second-attempt-with-more-rows-v2"

PROMPTS = (
    "Summarize this chat.\nAmina: The parcel to Ghent has not moved since Monday.\n"
    "Support: I am sorry. It waits at customs; I have sent them the invoice.",
    "Describe: name[The Blue Heron], food[Thai], area[riverside], price[moderate]",
    "Rewrite politely: Send me the report now.",
    "Beschreibe: Name[Straße der Brücken], Küche[österreichisch], Gebiet[Fluss]",
    "总结:客户的包裹自周一以来没有移动。客服已把发票发给海关。",
    NASTY,
    "لخّص: الطرد لم يتحرك منذ يوم الاثنين.",
)

REFERENCES = (
    "The parcel to Ghent is held at customs; support has sent the invoice.",
    "The Blue Heron is a moderately priced Thai place by the riverside.",
    "Could you please send me the report when you have a moment?",
    "Straße der Brücken ist ein österreichisches Lokal am Fluss.",
    "包裹在海关,客服已发送发票。",
    "A cell of <b>markup</b> stays text.",
    "الطرد عند الجمارك.",
)

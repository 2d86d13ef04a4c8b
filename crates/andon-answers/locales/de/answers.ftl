# Was Andon sagt. Jede Meldung wird gesprochen und steht auf einer Karte: schlichte Sätze, keine Auszeichnung.
# Ein Satz beginnt von selbst mit einem Großbuchstaben. Namen von Pipelines, Stufen und Leuten kommen, wie sie sind.

## Zahlen und Zeiten. { number } ist $count in Worten, soweit man es so sagt.

number = { $count ->
    [0] keine
    [1] eine
    [2] zwei
    [3] drei
    [4] vier
    [5] fünf
    [6] sechs
    [7] sieben
    [8] acht
    [9] neun
    [10] zehn
    [11] elf
    [12] zwölf
   *[other] { $count }
}

ago-now = gerade eben
ago-minutes = { $count ->
    [one] vor einer Minute
   *[other] vor { number } Minuten
}
ago-hours = { $count ->
    [one] vor einer Stunde
   *[other] vor { number } Stunden
}
ago-days = { $count ->
    [one] vor einem Tag
   *[other] vor { number } Tagen
}
on-day = am { $day }. { month }
on-date = am { $day }. { month } { $year }
month = { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}

for-now = seit weniger als einer Minute
for-minutes = { $count ->
    [one] seit einer Minute
   *[other] seit { number } Minuten
}
for-hours = { $count ->
    [one] seit einer Stunde
   *[other] seit { number } Stunden
}
for-days = { $count ->
    [one] seit einem Tag
   *[other] seit { number } Tagen
}
for-weeks = { $count ->
    [one] seit einer Woche
   *[other] seit { number } Wochen
}

since-day = seit dem { $day }. { month }
since-date = seit dem { $day }. { month } { $year }

span-now = weniger als eine Minute
span-minutes = { $count ->
    [one] eine Minute
   *[other] { number } Minuten
}
span-hours = { $count ->
    [one] eine Stunde
   *[other] { number } Stunden
}
span-days = { $count ->
    [one] einen Tag
   *[other] { number } Tage
}
span-weeks = { $count ->
    [one] eine Woche
   *[other] { number } Wochen
}

## Aufzählungen: „A, B und C“, „A, B oder C“. $begins ist der Anfangsbuchstabe des letzten.

list-next = { $list }, { $next }
list-last = { $list } und { $last }
list-or = { $list } oder { $last }

## Was schiefging, als Hauptsatz. $place ist eine Stufe oder eine Aktion.

cause-test = { $count ->
    [0] Tests sind fehlgeschlagen
    [one] ein Test ist fehlgeschlagen
   *[other] { number } Tests sind fehlgeschlagen
}
cause-compile = der Code lässt sich nicht übersetzen
cause-lint = der Linter hat etwas zu beanstanden
cause-dependency = eine Abhängigkeit wurde nicht gefunden
cause-config = etwas ist falsch eingerichtet
cause-permission = eine Berechtigung fehlt
cause-infrastructure = das Netz oder die Maschine hat versagt
cause-timeout = es hat zu lange gedauert
cause-quota = eine Obergrenze ist erreicht
cause-deploy = die Auslieferung ist gescheitert
cause-source = der Quellcode ließ sich nicht holen
cause-unknown = niemand hat gesagt, warum
cause-alone = { $cause }.
cause-in = { $cause }, und zwar in { $place }.
failed-in = Der Fehler liegt bei { $place }.

## Wie eine Pipeline steht. $for ist „seit elf Minuten“, $ago „vor elf Minuten“.

status-red = { $pipeline } ist { $for } rot.
also-red = Außerdem rot: { $lines }.
muted-for = { $by } hat die Pipeline noch für { $span } stummgeschaltet.
muted-until-green = { $by } hat die Pipeline stummgeschaltet, bis sie grün ist.
muted-line-for = { $by } hat { $line } noch für { $span } stummgeschaltet.
muted-line-until-green = { $by } hat { $line } stummgeschaltet, bis das grün ist.
muted-count = { $count ->
    [one] Eine der roten ist stummgeschaltet.
   *[other] { number } der roten sind stummgeschaltet.
}
status-retrying = Ein neuer Lauf ist jetzt in { $place }.
status-red-waiting = Ein neuer Lauf wartet in { $place } auf Freigabe.
status-waiting = { $pipeline } wartet { $for } in { $place } auf Freigabe.
status-running = { $pipeline } läuft { $for } und ist in { $place }.
status-started = { $pipeline } läuft { $for }.
status-usual = Das dauert gewöhnlich { $span }.
status-green = { $pipeline } ist grün. Der letzte Erfolg war { $ago }.
status-ended = { $how ->
    [rejected] Der letzte Lauf von { $pipeline } wurde { $ago } abgelehnt.
    [superseded] Der letzte Lauf von { $pipeline } wurde { $ago } von einem neueren abgelöst.
    [canceled] Der letzte Lauf von { $pipeline } wurde { $ago } abgebrochen, weil die Pipeline geändert wurde.
   *[stopped] Der letzte Lauf von { $pipeline } wurde { $ago } angehalten.
}

why-red = { $pipeline } ist { $ago } fehlgeschlagen.
why-streak = { $count ->
    [2] Das war zweimal hintereinander.
   *[other] Das war { number } Mal hintereinander.
}
why-others = { $count ->
    [one] Eine weitere Aktion schlug mit ihr fehl.
   *[other] { number } weitere Aktionen schlugen mit ihr fehl.
}
why-author = Die Änderung ist von { $author }.
why-not = { $pipeline } ist nicht fehlgeschlagen. Der letzte Erfolg war { $ago }.
why-never = { $pipeline } ist nicht fehlgeschlagen.

change-known = Die letzte Änderung in { $pipeline } kam { $ago } von { $author }: { $title }.
change-author = Die letzte Änderung in { $pipeline } kam { $ago } von { $author }.
change-title = Die letzte Änderung in { $pipeline } kam { $ago }: { $title }.
broke-known = { $pipeline } ging { $ago } mit einer Änderung von { $author } kaputt: { $title }.
broke-author = { $pipeline } ging { $ago } mit einer Änderung von { $author } kaputt.
broke-title = { $pipeline } ging { $ago } mit dieser Änderung kaputt: { $title }.
change-unknown = Der letzte Lauf von { $pipeline } begann { $ago }, aber niemand hat mir gesagt, was sich geändert hat.

deployed = { $pipeline } hat zuletzt { $ago } ausgeliefert.
deployed-change = Das war eine Änderung von { $author }: { $title }.
deployed-red = Jetzt ist sie { $for } rot.
deployed-never = Ich habe { $pipeline } noch nicht erfolgreich gesehen.

## Die vier Kennzahlen.

keys-deployments = { $count ->
    [0] Von { $pipeline } ist { $since } keine Auslieferung gelungen.
    [one] { $pipeline } hat { $since } einmal ausgeliefert.
   *[other] { $pipeline } hat { $since } { number } Mal ausgeliefert.
}
keys-a-day = Am Tag gibt es etwa { number } Auslieferungen.
keys-a-week = { $count ->
    [one] In der Woche gibt es etwa eine Auslieferung.
   *[other] In der Woche gibt es etwa { number } Auslieferungen.
}
keys-a-month = { $count ->
    [0] Im Monat gibt es weniger als eine Auslieferung.
    [one] Im Monat gibt es etwa eine Auslieferung.
   *[other] Im Monat gibt es etwa { number } Auslieferungen.
}
keys-never = Ich habe noch keine Auslieferung gelingen sehen.
keys-lead = Eine Änderung braucht bis zur Auslieferung { $span }.
keys-failures = { $percent ->
    [0] Kein Versuch ist gescheitert.
   *[other] { $percent } Prozent der Versuche sind gescheitert.
}
keys-recovery = Bis alles wieder gut ist, dauert es { $span }.
keys-none = Ich habe von { $pipeline } noch nicht genug gezählt.
keys-nothing = Ich habe noch nicht genug gezählt.

## Mehrere Pipelines.

item = { $pipeline } { $for }
failing-none = Keine Pipeline ist rot.
failing-one = Nur { $pipeline } ist rot, und zwar { $for }.
failing-some = { number } Pipelines sind rot: { $list }.
failing-many = { number } Pipelines sind rot. Am längsten { $pipeline }, { $for }.
running-none = Keine Pipeline läuft.
running-some = { $count ->
    [one] Eine Pipeline läuft: { $list }.
   *[other] { number } Pipelines laufen: { $list }.
}
running-many = { number } Pipelines laufen. Am längsten { $pipeline }, { $for }.
waiting-none = Nichts wartet auf Freigabe.
waiting-some = { $count ->
    [one] Eine Pipeline wartet auf Freigabe: { $list }.
   *[other] { number } Pipelines warten auf Freigabe: { $list }.
}
waiting-many = { number } Pipelines warten auf Freigabe. Am längsten { $pipeline }, { $for }.
which-next = Es sind: { $list }.
which-more = Weiter geht es mit: { $list }.
which-last = Die letzten sind: { $list }.
other-none = Eine andere kenne ich nicht.

overview-green = { $count ->
    [one] Deiner einen Pipeline geht es gut.
    [2] Beiden Pipelines geht es gut.
   *[other] Allen { number } Pipelines geht es gut.
}
part-failing = { $count ->
    [one] eine Pipeline ist rot
   *[other] { number } Pipelines sind rot
}
part-waiting = { $count ->
    [one] eine wartet auf Freigabe
   *[other] { number } warten auf Freigabe
}
part-running = { $count ->
    [one] eine läuft
   *[other] { number } laufen
}
part-well = { $count ->
    [one] einer geht es gut
   *[other] { number } geht es gut
}
part-ended = { $count ->
    [one] eine lief nicht zu Ende
   *[other] { number } liefen nicht zu Ende
}
overview = { $list }.
overview-red = Rot: { $list }.
overview-red-longest = Am längsten rot: { $list }.
red-waiting = Der nächste Lauf der roten wartet auf Freigabe.
red-running = Der nächste Lauf der roten ist unterwegs.
red-mending = Von den roten: { $list }.
empty = Ich habe noch keine Pipeline gesehen. Ich lerne jede kennen, wenn sie das nächste Mal läuft.

## Wenn nicht klar ist, welche Pipeline gemeint ist. words-for-last sagt man für die, von der eben die Rede war.

words-for-last = sie, die, diese, es, das, ihr, ihnen, dieselbe, diese pipeline, die pipeline, der pipeline, dieser pipeline

ask-pipeline = Welche Pipeline meinst du?
ask-which-one = Meinst du { $list }?
ask-more-words = { number } Pipelines heißen so ähnlich. Bitte sag mehr von dem Namen.
no-such = Ich kenne keine Pipeline namens { $heard }.
no-name = Ich habe den Namen nicht verstanden.
gone = Ich sehe { $pipeline } nicht mehr. Vielleicht wurde sie gelöscht.
in-region = { $pipeline } in { $region }
on-line = { $pipeline } auf { $lines }
in-account = { $pipeline } im Konto mit den letzten Ziffern { $account }

## Das Gespräch.

ask-list = Soll ich sie nennen?
ask-more = Soll ich weitermachen?
ask-why = Möchtest du wissen, warum?
ask-else = Noch etwas?
ask-what = Was möchtest du wissen?
help = Du kannst fragen, was rot ist, was läuft oder was auf Freigabe wartet. Von einer Pipeline kannst du wissen wollen, wie sie steht, warum sie fehlgeschlagen ist, wer etwas geändert hat und wann sie zuletzt ausgeliefert hat.
goodbye = Bis bald.
not-understood = Das habe ich nicht verstanden.
not-understood-again = Auch das habe ich nicht verstanden. Frag zum Beispiel: { $first } Oder: { $second }
example-why = Warum ist { $pipeline } fehlgeschlagen?
example-status = Wie steht es um { $pipeline }?
example-waiting = Was wartet auf Freigabe?
example-running = Was läuft gerade?

no-ledger = Ich komme gerade nicht an meine Aufzeichnungen. Bitte frag in einer Minute noch einmal.
stale = Meine Aufzeichnungen sind gerade langsam. Das hier habe ich { $ago } gelesen.

## Titel von Karten.

title-help = Was du fragen kannst
title-overview = Pipelines
title-failing = Rot
title-running = In Arbeit
title-waiting = Warten auf Freigabe
title-keys = Die vier Kennzahlen
light = { $light ->
    [red] rot
    [waiting] wartet
    [running] läuft
    [green] grün
   *[grey] beendet
}

## Etwas tun. $stage und $action sind Namen, wie man sie spricht.

action-off = Ich bin nicht dafür eingerichtet, etwas zu ändern.
action-refused = Das kann ich leider nicht tun.
caller-refused = Diese Telefonnummer darf Andon nicht fragen.
action-ask-retry = Soll ich { $stage } von { $pipeline } noch einmal versuchen?
action-ask-approve = Soll ich { $pipeline } bei { $action } freigeben?
action-ask-reject = Soll ich { $pipeline } bei { $action } ablehnen?
action-ask-stop = Soll ich { $pipeline } anhalten?
action-ask-code = Wie lautet der Code?
action-left = In Ordnung, ich lasse es.
action-retried = { $stage } von { $pipeline } wird noch einmal versucht.
action-approved = { $pipeline } ist bei { $action } freigegeben.
action-rejected = { $pipeline } ist bei { $action } abgelehnt.
action-stopped = { $pipeline } wird angehalten.
action-nothing-failed = In { $pipeline } gibt es nichts noch einmal zu versuchen.
action-nothing-waits = In { $pipeline } wartet nichts auf Freigabe.
action-nothing-runs = { $pipeline } läuft nicht.
action-failed = AWS hat mich das bei { $pipeline } nicht tun lassen. Im Protokoll steht, warum.

## Why it was not done.

action-runs-again = { $pipeline } läuft schon wieder.
action-not-retryable = { $stage } von { $pipeline } lässt sich nicht wiederholen: Die Pipeline wurde seither geändert, oder dort ist nichts fehlgeschlagen.
action-overtaken = Ein späterer Lauf ist schon durch { $stage } von { $pipeline } gegangen. Nur der lässt sich wiederholen.
action-busy = In { $pipeline } ist gerade zu viel los. Versuche es gleich noch einmal.
action-answered = Dort wartet in { $pipeline } nichts mehr: Jemand war schneller, oder die Frist ist abgelaufen.
action-not-stoppable = { $pipeline } ist inzwischen zu Ende oder wird schon angehalten.
action-unsure = CodePipeline hat nicht rechtzeitig geantwortet. Sieh bitte nach, was aus { $pipeline } geworden ist.

# Ce que dit Andon. Chaque message est parlé et figure sur une carte : des phrases simples, sans balises.
# Une phrase commence d'elle-même par une majuscule. Les noms de pipelines, d'étapes et de personnes restent tels quels.

## Nombres et durées. { number } est $count en toutes lettres, tant qu'on le dit ainsi.

number = { $count ->
    [0] aucun
    [1] un
    [2] deux
    [3] trois
    [4] quatre
    [5] cinq
    [6] six
    [7] sept
    [8] huit
    [9] neuf
    [10] dix
    [11] onze
    [12] douze
   *[other] { $count }
}

ago-now = à l'instant
ago-minutes = { $count ->
    [one] il y a une minute
   *[other] il y a { number } minutes
}
ago-hours = { $count ->
    [one] il y a une heure
   *[other] il y a { number } heures
}
ago-days = { $count ->
    [one] il y a un jour
   *[other] il y a { number } jours
}
on-day = le { $day ->
    [1] 1er
   *[other] { $day }
} { month }
on-date = { on-day } { $year }
month = { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
}

for-now = depuis moins d'une minute
for-minutes = { $count ->
    [one] depuis une minute
   *[other] depuis { number } minutes
}
for-hours = { $count ->
    [one] depuis une heure
   *[other] depuis { number } heures
}
for-days = { $count ->
    [one] depuis un jour
   *[other] depuis { number } jours
}
for-weeks = { $count ->
    [one] depuis une semaine
   *[other] depuis { number } semaines
}

since-day = depuis le { $day } { month }
since-date = depuis le { $day } { month } { $year }

span-now = moins d'une minute
span-minutes = { $count ->
    [one] une minute
   *[other] { number } minutes
}
span-hours = { $count ->
    [one] une heure
   *[other] { number } heures
}
span-days = { $count ->
    [one] un jour
   *[other] { number } jours
}
span-weeks = { $count ->
    [one] une semaine
   *[other] { number } semaines
}

## Listes : « A, B et C », « A, B ou C ». $begins est la lettre par laquelle commence le dernier.

list-next = { $list }, { $next }
list-last = { $list } et { $last }
list-or = { $list } ou { $last }

## Ce qui a mal tourné, en une proposition. $place est une étape ou une action.

cause-test = { $count ->
    [0] des tests ont échoué
    [one] un test a échoué
   *[other] { number } tests ont échoué
}
cause-compile = le code ne compile pas
cause-lint = le linter a des objections
cause-dependency = une dépendance est introuvable
cause-config = quelque chose est mal configuré
cause-permission = il manque une autorisation
cause-infrastructure = le réseau ou la machine a flanché
cause-timeout = c'était trop long
cause-quota = une limite est atteinte
cause-deploy = le déploiement a échoué
cause-source = le code source n'a pas pu être récupéré
cause-unknown = personne n'a dit pourquoi
cause-alone = { $cause }.
cause-in = { $cause } dans { $place }.
failed-in = L'échec est dans { $place }.

## Où en est un pipeline. $for est « depuis onze minutes », $ago « il y a onze minutes ».

status-red = { $pipeline } est au rouge { $for }.
also-red = Il est aussi au rouge sur { $lines }.
muted-for = { $by } a coupé ses alertes, encore pour { $span }.
muted-until-green = { $by } a coupé ses alertes jusqu’à ce qu’il soit vert.
muted-line-for = { $by } a coupé les alertes de { $line }, encore pour { $span }.
muted-line-until-green = { $by } a coupé les alertes de { $line } jusqu’au retour au vert.
muted-count = { $count ->
    [one] Les alertes d’un de ceux au rouge sont coupées.
   *[other] Les alertes de { number } de ceux au rouge sont coupées.
}
status-retrying = Une nouvelle exécution est maintenant dans { $place }.
status-red-waiting = Une nouvelle exécution attend une approbation dans { $place }.
status-waiting = { $pipeline } attend une approbation dans { $place } { $for }.
status-running = { $pipeline } tourne { $for } et en est à { $place }.
status-started = { $pipeline } tourne { $for }.
status-usual = D'habitude, cela prend { $span }.
status-green = { $pipeline } est au vert. Son dernier succès a eu lieu { $ago }.
status-ended = { $how ->
    [rejected] { $pipeline } : la dernière exécution a été refusée { $ago }.
    [superseded] { $pipeline } : la dernière exécution a laissé la place à une plus récente { $ago }.
    [canceled] { $pipeline } : la dernière exécution a été annulée { $ago }, car le pipeline a été modifié.
   *[stopped] { $pipeline } : la dernière exécution a été arrêtée { $ago }.
}

why-red = { $pipeline } a échoué { $ago }.
why-streak = Cela fait { number } échecs d'affilée.
why-others = { $count ->
    [one] Une autre action a échoué en même temps.
   *[other] { number } autres actions ont échoué en même temps.
}
why-author = Le changement est signé { $author }.
why-not = { $pipeline } n'est pas en échec. Son dernier succès a eu lieu { $ago }.
why-never = { $pipeline } n'est pas en échec.

change-known = Le dernier changement dans { $pipeline } est arrivé { $ago }, par { $author } : { $title }.
change-author = Le dernier changement dans { $pipeline } est arrivé { $ago }, par { $author }.
change-title = Le dernier changement dans { $pipeline } est arrivé { $ago } : { $title }.
broke-known = { $pipeline } est tombé en panne { $ago }, avec un changement signé { $author } : { $title }.
broke-author = { $pipeline } est tombé en panne { $ago }, avec un changement signé { $author }.
broke-title = { $pipeline } est tombé en panne { $ago }, avec ce changement : { $title }.
change-unknown = { $pipeline } a tourné pour la dernière fois { $ago }, mais personne ne m'a dit ce qui a changé.

deployed = { $pipeline } a déployé pour la dernière fois { $ago }.
deployed-change = Le changement, signé { $author }, était : { $title }.
deployed-red = Maintenant, il est au rouge { $for }.
deployed-never = Je n'ai pas encore vu { $pipeline } réussir.

## Les quatre indicateurs clés.

keys-deployments = { $count ->
    [0] Aucun déploiement de { $pipeline } n'a réussi { $since }.
    [1] { $pipeline } a déployé une fois { $since }.
   *[other] { $pipeline } a déployé { number } fois { $since }.
}
keys-a-day = Il y a environ { number } déploiements par jour.
keys-a-week = { $count ->
    [one] Il y a environ un déploiement par semaine.
   *[other] Il y a environ { number } déploiements par semaine.
}
keys-a-month = { $count ->
    [0] Il y a moins d'un déploiement par mois.
    [1] Il y a environ un déploiement par mois.
   *[other] Il y a environ { number } déploiements par mois.
}
keys-never = Je n'ai pas encore vu de déploiement réussir.
keys-lead = Un changement met { $span } à être déployé.
keys-failures = { $percent ->
    [0] Aucune tentative n'a échoué.
   *[other] { $percent } pour cent des tentatives ont échoué.
}
keys-recovery = Le rétablissement prend { $span }.
keys-none = Je n'ai pas encore assez compté pour { $pipeline }.
keys-nothing = Je n'ai pas encore assez compté.

## Plusieurs pipelines.

item = { $pipeline } { $for }
failing-none = Aucun pipeline n'est en échec.
failing-one = Seul { $pipeline } est en échec. Il est au rouge { $for }.
failing-some = { number } pipelines sont en échec : { $list }.
failing-many = { number } pipelines sont au rouge. Le plus ancien est { $pipeline }, { $for }.
running-none = Aucun pipeline ne tourne.
running-some = { $count ->
    [one] Un pipeline tourne : { $list }.
   *[other] { number } pipelines tournent : { $list }.
}
running-many = { number } pipelines tournent. Le plus long est { $pipeline }, { $for }.
waiting-none = Rien n'attend d'approbation.
waiting-some = { $count ->
    [one] Un pipeline attend une approbation : { $list }.
   *[other] { number } pipelines attendent une approbation : { $list }.
}
waiting-many = { number } pipelines attendent une approbation. Le plus ancien est { $pipeline }, { $for }.
which-next = Ce sont : { $list }.
which-more = Ensuite : { $list }.
which-last = Les derniers sont : { $list }.
other-none = Je n'en connais pas d'autre.

overview-green = { $count ->
    [one] Ton unique pipeline va bien.
   *[other] Les { number } pipelines vont bien.
}
part-failing = { $count ->
    [one] un pipeline est au rouge
   *[other] { number } pipelines sont au rouge
}
part-waiting = { $count ->
    [one] un attend une approbation
   *[other] { number } attendent une approbation
}
part-running = { $count ->
    [one] un tourne
   *[other] { number } tournent
}
part-well = { $count ->
    [one] un va bien
   *[other] { number } vont bien
}
part-ended = { $count ->
    [one] un n'est pas allé au bout
   *[other] { number } ne sont pas allés au bout
}
overview = { $list }.
overview-red = Au rouge : { $list }.
overview-red-longest = Au rouge depuis le plus longtemps : { $list }.
red-waiting = La prochaine exécution de celui qui est au rouge attend une approbation.
red-running = La prochaine exécution de celui qui est au rouge est en cours.
red-mending = Parmi ceux au rouge, { $list }.
empty = Je n'ai pas encore vu de pipeline. Je découvre chacun d'eux quand il tourne à nouveau.

## Quand on ne sait pas de quel pipeline il s'agit. words-for-last se dit de celui dont on vient de parler.

words-for-last = il, lui, elle, ça, cela, celui-ci, celui-là, celui ci, celui là, le même, le pipeline, ce pipeline

ask-pipeline = De quel pipeline parles-tu ?
ask-which-one = Veux-tu dire { $list } ?
ask-more-words = { number } pipelines portent un nom de ce genre. Dis-moi un peu plus du nom.
no-such = Je ne connais pas de pipeline nommé { $heard }.
no-name = Je n'ai pas compris le nom.
gone = Je ne vois plus { $pipeline }. Il a peut-être été supprimé.
in-region = { $pipeline } dans { $region }
on-line = { $pipeline } sur { $lines }
in-account = { $pipeline } du compte qui finit par { $account }

## La conversation.

ask-list = Veux-tu leurs noms ?
ask-more = Je continue ?
ask-why = Veux-tu savoir pourquoi ?
ask-else = Autre chose ?
ask-what = Que veux-tu savoir ?
help = Tu peux demander ce qui est en échec, ce qui tourne ou ce qui attend une approbation. Pour un pipeline, tu peux demander où il en est, pourquoi il a échoué, qui l'a changé et quand il a déployé pour la dernière fois.
goodbye = À bientôt.
not-understood = Je n'ai pas compris.
not-understood-again = Je n'ai pas compris non plus. Tu peux demander, par exemple : { $first } Ou bien : { $second }
example-why = Pourquoi { $pipeline } a échoué ?
example-status = Où en est { $pipeline } ?
example-waiting = Qu'est-ce qui attend une approbation ?
example-running = Qu'est-ce qui tourne ?

no-ledger = Je n'arrive pas à lire mes données pour l'instant. Redemande-moi dans une minute.
stale = Mes données sont lentes en ce moment. Voici ce que j'ai lu { $ago }.

## Titres des cartes.

title-help = Ce que tu peux demander
title-overview = Pipelines
title-failing = En échec
title-running = En cours
title-waiting = En attente d'approbation
title-keys = Les quatre indicateurs clés
light = { $light ->
    [red] au rouge
    [waiting] en attente
    [running] en cours
    [green] au vert
   *[grey] terminé
}

## Agir. $stage et $action sont des noms tels qu'on les dit.

action-off = Je ne suis pas configuré pour modifier quoi que ce soit.
action-refused = Désolé, je ne peux pas faire cela.
caller-refused = Ce numéro de téléphone n'est pas autorisé à interroger Andon.
action-ask-retry = Dois-je relancer { $stage } pour { $pipeline } ?
action-ask-approve = Dois-je approuver { $pipeline }, pour { $action } ?
action-ask-reject = Dois-je refuser { $pipeline }, pour { $action } ?
action-ask-stop = Dois-je arrêter { $pipeline } ?
action-ask-code = Quel est le code ?
action-left = D'accord, je n'y touche pas.
action-retried = { $stage } pour { $pipeline } est relancé.
action-approved = { $pipeline } est approuvé, pour { $action }.
action-rejected = { $pipeline } est refusé, pour { $action }.
action-stopped = { $pipeline } est en train de s'arrêter.
action-nothing-failed = Il n'y a rien à relancer dans { $pipeline }.
action-nothing-waits = Rien n'attend d'approbation dans { $pipeline }.
action-nothing-runs = { $pipeline } ne tourne pas.
action-failed = AWS ne m'a pas laissé faire cela sur { $pipeline }. Le journal dit pourquoi.

## Why it was not done.

action-runs-again = { $pipeline } tourne déjà de nouveau.
action-not-retryable = { $stage } de { $pipeline } ne peut pas être relancé : le pipeline a changé depuis, ou rien n'y a échoué.
action-overtaken = Une exécution plus récente est déjà passée par { $stage } de { $pipeline }. Seule celle-là peut être relancée.
action-busy = Il se passe trop de choses dans { $pipeline }. Réessaie dans un instant.
action-answered = Plus rien n'attend à cet endroit de { $pipeline } : quelqu'un a été plus rapide, ou le délai est passé.
action-not-stoppable = { $pipeline } est déjà terminé, ou en train de s'arrêter.
action-unsure = CodePipeline n'a pas répondu à temps. Vérifie ce qu'est devenu { $pipeline }.

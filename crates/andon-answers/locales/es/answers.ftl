# Lo que dice Andon. Cada mensaje se oye y se escribe en una tarjeta: frases sencillas, sin marcas.
# Una frase empieza con mayúscula por sí sola. Los nombres de pipelines, etapas y personas llegan tal como son.

## Números y tiempos. { number } es $count en palabras, mientras se diga así.

number = { $count ->
    [0] ningún
    [1] un
    [2] dos
    [3] tres
    [4] cuatro
    [5] cinco
    [6] seis
    [7] siete
    [8] ocho
    [9] nueve
    [10] diez
    [11] once
    [12] doce
   *[other] { $count }
}

ago-now = ahora mismo
ago-minutes = { $count ->
    [one] hace un minuto
   *[other] hace { number } minutos
}
ago-hours = { $count ->
    [one] hace una hora
   *[other] hace { number } horas
}
ago-days = { $count ->
    [one] hace un día
   *[other] hace { number } días
}
on-day = el { $day } de { month }
on-date = el { $day } de { month } de { $year }
month = { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}

for-now = desde hace menos de un minuto
for-minutes = { $count ->
    [one] desde hace un minuto
   *[other] desde hace { number } minutos
}
for-hours = { $count ->
    [one] desde hace una hora
   *[other] desde hace { number } horas
}
for-days = { $count ->
    [one] desde hace un día
   *[other] desde hace { number } días
}
for-weeks = { $count ->
    [one] desde hace una semana
   *[other] desde hace { number } semanas
}

since-day = desde el { $day } de { month }
since-date = desde el { $day } de { month } de { $year }

span-now = menos de un minuto
span-minutes = { $count ->
    [one] un minuto
   *[other] { number } minutos
}
span-hours = { $count ->
    [one] una hora
   *[other] { number } horas
}
span-days = { $count ->
    [one] un día
   *[other] { number } días
}
span-weeks = { $count ->
    [one] una semana
   *[other] { number } semanas
}

## Listas: «A, B y C», «A, B o C». $begins es la letra con la que empieza el último.

list-next = { $list }, { $next }
list-last = { $begins ->
    [i] { $list } e { $last }
   *[other] { $list } y { $last }
}
list-or = { $begins ->
    [o] { $list } u { $last }
   *[other] { $list } o { $last }
}

## Qué salió mal, como oración. $place es una etapa o una acción.

cause-test = { $count ->
    [0] fallaron pruebas
    [one] falló una prueba
   *[other] fallaron { number } pruebas
}
cause-compile = el código no compila
cause-lint = el linter pone reparos
cause-dependency = no se encontró una dependencia
cause-config = algo está mal configurado
cause-permission = falta un permiso
cause-infrastructure = falló la red o la máquina
cause-timeout = tardó demasiado
cause-quota = se alcanzó un límite
cause-deploy = falló el despliegue
cause-source = no se pudo obtener el código fuente
cause-unknown = nadie dijo por qué
cause-alone = { $cause }.
cause-in = { $cause } en { $place }.
failed-in = Falló en { $place }.

## Cómo está una pipeline. $for es «desde hace once minutos», $ago «hace once minutos».

status-red = { $pipeline } está en rojo { $for }.
also-red = También está en rojo en { $lines }.
muted-for = { $by } la ha silenciado durante { $span } más.
muted-until-green = { $by } la ha silenciado hasta que esté en verde.
muted-line-for = { $by } ha silenciado { $line } durante { $span } más.
muted-line-until-green = { $by } ha silenciado { $line } hasta que esté en verde.
muted-count = { $count ->
    [one] Una de las que están en rojo está silenciada.
   *[other] { number } de las que están en rojo están silenciadas.
}
status-retrying = Ahora hay una nueva ejecución en { $place }.
status-red-waiting = Una nueva ejecución espera aprobación en { $place }.
status-waiting = { $pipeline } espera aprobación en { $place } { $for }.
status-running = { $pipeline } está en marcha { $for } y va por { $place }.
status-started = { $pipeline } está en marcha { $for }.
status-usual = Suele tardar { $span }.
status-green = { $pipeline } está en verde. Su último éxito fue { $ago }.
status-ended = { $how ->
    [rejected] La última ejecución de { $pipeline } se rechazó { $ago }.
    [superseded] La última ejecución de { $pipeline } cedió el paso a otra más nueva { $ago }.
    [canceled] La última ejecución de { $pipeline } se canceló { $ago }, porque se editó la pipeline.
   *[stopped] La última ejecución de { $pipeline } se detuvo { $ago }.
}

why-red = { $pipeline } falló { $ago }.
why-streak = Ha fallado { number } veces seguidas.
why-others = { $count ->
    [one] Con ella falló otra acción.
   *[other] Con ella fallaron otras { number } acciones.
}
why-author = El cambio es de { $author }.
why-not = { $pipeline } no está fallando. Su último éxito fue { $ago }.
why-never = { $pipeline } no está fallando.

change-known = El último cambio en { $pipeline } llegó { $ago }, de { $author }: { $title }.
change-author = El último cambio en { $pipeline } llegó { $ago }, de { $author }.
change-title = El último cambio en { $pipeline } llegó { $ago }: { $title }.
broke-known = { $pipeline } se rompió { $ago }, con un cambio de { $author }: { $title }.
broke-author = { $pipeline } se rompió { $ago }, con un cambio de { $author }.
broke-title = { $pipeline } se rompió { $ago }, con este cambio: { $title }.
change-unknown = La última ejecución de { $pipeline } empezó { $ago }, pero nadie me dijo qué cambió.

deployed = { $pipeline } se desplegó por última vez { $ago }.
deployed-change = Fue un cambio de { $author }: { $title }.
deployed-red = Ahora está en rojo { $for }.
deployed-never = Todavía no he visto que { $pipeline } termine bien.

## Las cuatro métricas clave.

keys-deployments = { $count ->
    [0] Ningún despliegue de { $pipeline } ha tenido éxito { $since }.
    [one] { $pipeline } se ha desplegado una vez { $since }.
   *[other] { $pipeline } se ha desplegado { number } veces { $since }.
}
keys-a-day = Hay unos { number } despliegues al día.
keys-a-week = { $count ->
    [one] Hay más o menos un despliegue por semana.
   *[other] Hay unos { number } despliegues por semana.
}
keys-a-month = { $count ->
    [0] Hay menos de un despliegue al mes.
    [one] Hay más o menos un despliegue al mes.
   *[other] Hay unos { number } despliegues al mes.
}
keys-never = Aún no he visto ningún despliegue con éxito.
keys-lead = Un cambio tarda { $span } en desplegarse.
keys-failures = { $percent ->
    [0] No falló ningún intento.
   *[other] Falló el { $percent } por ciento de los intentos.
}
keys-recovery = La recuperación tarda { $span }.
keys-none = Aún no he contado lo suficiente de { $pipeline }.
keys-nothing = Aún no he contado lo suficiente.

## Varias pipelines.

item = { $pipeline } { $for }
failing-none = No falla ninguna pipeline.
failing-one = Solo falla { $pipeline }. Está en rojo { $for }.
failing-some = Fallan { number } pipelines: { $list }.
failing-many = Hay { number } pipelines en rojo. La que más tiempo lleva es { $pipeline }, { $for }.
running-none = No hay ninguna pipeline en marcha.
running-some = { $count ->
    [one] Hay una pipeline en marcha: { $list }.
   *[other] Hay { number } pipelines en marcha: { $list }.
}
running-many = Hay { number } pipelines en marcha. La que más tiempo lleva es { $pipeline }, { $for }.
waiting-none = Nada espera aprobación.
waiting-some = { $count ->
    [one] Una pipeline espera aprobación: { $list }.
   *[other] { number } pipelines esperan aprobación: { $list }.
}
waiting-many = { number } pipelines esperan aprobación. La que más tiempo lleva es { $pipeline }, { $for }.
which-next = Son: { $list }.
which-more = Siguen: { $list }.
which-last = Las últimas son: { $list }.
other-none = No conozco ninguna otra.

overview-green = { $count ->
    [one] Tu única pipeline está bien.
    [2] Las dos pipelines están bien.
   *[other] Las { number } pipelines están bien.
}
part-failing = { $count ->
    [one] una pipeline está en rojo
   *[other] { number } pipelines están en rojo
}
part-waiting = { $count ->
    [one] una espera aprobación
   *[other] { number } esperan aprobación
}
part-running = { $count ->
    [one] una está en marcha
   *[other] { number } están en marcha
}
part-well = { $count ->
    [one] una está bien
   *[other] { number } están bien
}
part-ended = { $count ->
    [one] una no terminó
   *[other] { number } no terminaron
}
overview = { $list }.
overview-red = En rojo: { $list }.
overview-red-longest = Las que más tiempo llevan en rojo: { $list }.
red-waiting = La siguiente ejecución de la que está en rojo espera aprobación.
red-running = La siguiente ejecución de la que está en rojo está en marcha.
red-mending = De las que están en rojo, { $list }.
empty = Todavía no he visto ninguna pipeline. Conoceré cada una cuando vuelva a ejecutarse.

## Cuando no está claro de qué pipeline se habla. words-for-last se dice de la última de la que se habló.

words-for-last = ella, él, ello, esa, ese, eso, esta, este, esto, la misma, el mismo, la pipeline, esa pipeline, esta pipeline

ask-pipeline = ¿De qué pipeline hablas?
ask-which-one = ¿Te refieres a { $list }?
ask-more-words = Hay { number } pipelines con un nombre parecido. Dime algo más del nombre.
no-such = No conozco ninguna pipeline llamada { $heard }.
no-name = No he entendido el nombre.
gone = Ya no veo { $pipeline }. Puede que la hayan borrado.
in-region = { $pipeline } en { $region }
on-line = { $pipeline } en { $lines }
in-account = { $pipeline } de la cuenta que acaba en { $account }

## La conversación.

ask-list = ¿Te digo cuáles?
ask-more = ¿Sigo?
ask-why = ¿Quieres saber por qué?
ask-else = ¿Algo más?
ask-what = ¿Qué quieres saber?
help = Puedes preguntar qué está fallando, qué está en marcha o qué espera aprobación. De una pipeline, puedes preguntar cómo está, por qué falló, quién la cambió y cuándo se desplegó por última vez.
goodbye = Hasta luego.
not-understood = No te he entendido.
not-understood-again = Eso tampoco lo he entendido. Puedes preguntar, por ejemplo: { $first } O bien: { $second }
example-why = ¿Por qué falló { $pipeline }?
example-status = ¿Cómo está { $pipeline }?
example-waiting = ¿Qué espera aprobación?
example-running = ¿Qué está en marcha?

no-ledger = Ahora mismo no puedo leer mis registros. Vuelve a preguntar dentro de un minuto.
stale = Mis registros van lentos ahora mismo. Esto lo leí { $ago }.

## Títulos de las tarjetas.

title-help = Qué puedes preguntar
title-overview = Pipelines
title-failing = Fallando
title-running = En marcha
title-waiting = Esperan aprobación
title-keys = Las cuatro métricas clave
light = { $light ->
    [red] en rojo
    [waiting] en espera
    [running] en marcha
    [green] en verde
   *[grey] terminada
}

## Hacer cosas. $stage y $action son nombres tal como se dicen.

action-off = No estoy configurado para cambiar nada.
action-refused = Lo siento, no puedo hacer eso.
caller-refused = Este número de teléfono no está autorizado para consultar Andon.
action-ask-retry = ¿Reintento { $stage } de { $pipeline }?
action-ask-approve = ¿Apruebo { $pipeline } en { $action }?
action-ask-reject = ¿Rechazo { $pipeline } en { $action }?
action-ask-stop = ¿Detengo { $pipeline }?
action-ask-code = ¿Cuál es el código?
action-left = De acuerdo, lo dejo como está.
action-retried = Se está reintentando { $stage } de { $pipeline }.
action-approved = { $pipeline } queda aprobada en { $action }.
action-rejected = { $pipeline } queda rechazada en { $action }.
action-stopped = Se está deteniendo { $pipeline }.
action-nothing-failed = No hay nada que reintentar en { $pipeline }.
action-nothing-waits = Nada espera aprobación en { $pipeline }.
action-nothing-runs = { $pipeline } no está en marcha.
action-failed = AWS no me dejó hacer eso con { $pipeline }. El registro dice por qué.

## Why it was not done.

action-runs-again = { $pipeline } ya está en marcha de nuevo.
action-not-retryable = No se puede reintentar { $stage } de { $pipeline }: la pipeline ha cambiado desde entonces, o no ha fallado nada ahí.
action-overtaken = Una ejecución posterior ya ha pasado por { $stage } de { $pipeline }. Solo se puede reintentar esa.
action-busy = Hay demasiada actividad en { $pipeline }. Inténtalo de nuevo dentro de un momento.
action-answered = Ya no hay nada pendiente ahí en { $pipeline }: alguien se ha adelantado, o ha caducado.
action-not-stoppable = { $pipeline } ya ha terminado, o ya se está deteniendo.
action-unsure = CodePipeline no ha respondido a tiempo. Comprueba qué ha pasado con { $pipeline }.

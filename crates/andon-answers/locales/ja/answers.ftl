# Andon が話す言葉です。どのメッセージも読み上げられ、カードにも書かれます。装飾のない普通の文にしてください。
# パイプライン、ステージ、人の名前はそのまま入ります。

## 数と時間。

ago-now = たった今
ago-minutes = { $count }分前
ago-hours = { $count }時間前
ago-days = { $count }日前
on-day = { $month }月{ $day }日
on-date = { $year }年{ $month }月{ $day }日

for-now = 1分足らず前から
for-minutes = { $count }分前から
for-hours = { $count }時間前から
for-days = { $count }日前から
for-weeks = { $count }週間前から

since-day = { $month }月{ $day }日から
since-date = { $year }年{ $month }月{ $day }日から

span-now = 1分足らず
span-minutes = { $count }分
span-hours = { $count }時間
span-days = { $count }日
span-weeks = { $count }週間

## 並べ方：「A、B、C」「AかBかC」。

list-next = { $list }、{ $next }
list-last = { $list }、{ $last }
list-or = { $list }、それとも{ $last }

## 失敗の原因。$place はステージかアクションの名前です。

cause-test = { $count ->
    [0] テストが失敗しました
   *[other] テストが{ $count }件失敗しました
}
cause-compile = コードがコンパイルできません
cause-lint = リンターの指摘があります
cause-dependency = 依存パッケージが見つかりません
cause-config = 設定に誤りがあります
cause-permission = 権限が足りません
cause-infrastructure = ネットワークかマシンに問題がありました
cause-timeout = 時間切れになりました
cause-quota = 上限に達しました
cause-deploy = デプロイが失敗しました
cause-source = ソースを取得できませんでした
cause-unknown = 理由は分かっていません
cause-alone = { $cause }。
cause-in = { $place }で、{ $cause }。
failed-in = 失敗したのは{ $place }です。

## パイプラインの状態。$for は「11分前から」、$ago は「11分前」です。

status-red = { $pipeline }は{ $for }赤です。
also-red = { $lines }も赤です。
muted-for = { $by }さんがあと{ $span }ミュートしています。
muted-until-green = { $by }さんが成功するまでミュートしています。
muted-line-for = { $by }さんが{ $line }をあと{ $span }ミュートしています。
muted-line-until-green = { $by }さんが{ $line }を成功するまでミュートしています。
muted-count = 赤のうち{ $count }本はミュートされています。
status-retrying = 今は新しい実行が{ $place }まで進んでいます。
status-red-waiting = 新しい実行が{ $place }で承認を待っています。
status-waiting = { $pipeline }は{ $for }、{ $place }で承認を待っています。
status-running = { $pipeline }は{ $for }実行中で、今は{ $place }です。
status-started = { $pipeline }は{ $for }実行中です。
status-usual = 普段は{ $span }ほどかかります。
status-green = { $pipeline }は緑です。最後に成功したのは{ $ago }です。
status-ended = { $how ->
    [rejected] { $pipeline }の前回の実行は、{ $ago }に却下されました。
    [superseded] { $pipeline }の前回の実行は、{ $ago }に新しい実行に置き換わりました。
    [canceled] { $pipeline }の前回の実行は、パイプラインが編集されたため{ $ago }に取り消されました。
   *[stopped] { $pipeline }の前回の実行は、{ $ago }に止められました。
}

why-red = { $pipeline }は{ $ago }に失敗しました。
why-streak = { $count }回続けて失敗しています。
why-others = ほかに{ $count }件のアクションも失敗しました。
why-author = 変更したのは{ $author }さんです。
why-not = { $pipeline }は失敗していません。最後に成功したのは{ $ago }です。
why-never = { $pipeline }は失敗していません。

change-known = { $pipeline }の最新の変更は{ $ago }、{ $author }さんによるものです。内容は、{ $title }。
change-author = { $pipeline }の最新の変更は{ $ago }、{ $author }さんによるものです。
change-title = { $pipeline }の最新の変更は{ $ago }です。内容は、{ $title }。
broke-known = { $pipeline }が赤になったのは{ $ago }、{ $author }さんの変更からです。内容は、{ $title }。
broke-author = { $pipeline }が赤になったのは{ $ago }、{ $author }さんの変更からです。
broke-title = { $pipeline }が赤になったのは{ $ago }、この変更からです。内容は、{ $title }。
change-unknown = { $pipeline }の最新の実行は{ $ago }に始まりましたが、何が変わったかは分かりません。

deployed = { $pipeline }が最後にデプロイしたのは{ $ago }です。
deployed-change = { $author }さんの変更で、内容は、{ $title }。
deployed-red = 今は{ $for }赤です。
deployed-never = { $pipeline }が成功したところをまだ見ていません。

## 4つの指標。

keys-deployments = { $count ->
    [0] { $pipeline }のデプロイは{ $since }一度も成功していません。
   *[other] { $pipeline }は{ $since }{ $count }回デプロイしました。
}
keys-a-day = デプロイは1日におよそ{ $count }回です。
keys-a-week = デプロイは週におよそ{ $count }回です。
keys-a-month = { $count ->
    [0] デプロイは月に1回未満です。
   *[other] デプロイは月におよそ{ $count }回です。
}
keys-never = デプロイが成功したところをまだ見ていません。
keys-lead = 変更がデプロイされるまでに{ $span }かかります。
keys-failures = { $percent ->
    [0] 失敗はありません。
   *[other] 全体の{ $percent }パーセントが失敗しました。
}
keys-recovery = 復旧には{ $span }かかります。
keys-none = { $pipeline }はまだ十分に数えられていません。
keys-nothing = まだ十分に数えられていません。

## 複数のパイプライン。

item = { $for }{ $pipeline }
failing-none = 失敗しているパイプラインはありません。
failing-one = 失敗しているのは{ $pipeline }だけです。{ $for }赤です。
failing-some = { $count }本のパイプラインが失敗しています。{ $list }です。
failing-many = { $count }本のパイプラインが赤です。一番長いのは{ $for }の{ $pipeline }です。
running-none = 実行中のパイプラインはありません。
running-some = { $count }本のパイプラインが実行中です。{ $list }です。
running-many = { $count }本のパイプラインが実行中です。一番長いのは{ $for }の{ $pipeline }です。
waiting-none = 承認待ちはありません。
waiting-some = { $count }本のパイプラインが承認を待っています。{ $list }です。
waiting-many = { $count }本のパイプラインが承認を待っています。一番長いのは{ $for }の{ $pipeline }です。
which-next = { $list }です。
which-more = 続いて{ $list }です。
which-last = 残りは{ $list }です。
other-none = ほかのパイプラインはありません。

overview-green = { $count }本のパイプラインはすべて順調です。
part-failing = { $count }本が赤
part-waiting = { $count }本が承認待ち
part-running = { $count }本が実行中
part-well = { $count }本が順調
part-ended = { $count }本が途中で終了
overview = { $list }です。
overview-red = 赤：{ $list }。
overview-red-longest = 最も長く赤：{ $list }。
red-waiting = 赤のパイプラインの次の実行が承認を待っています。
red-running = 赤のパイプラインの次の実行が進んでいます。
red-mending = 赤のうち、{ $list }です。
empty = まだパイプラインを見たことがありません。次に実行されたときに覚えます。

## どのパイプラインか分からないとき。words-for-last は、直前に話したパイプラインを指す言葉です。

words-for-last = それ, これ, あれ, そいつ, そちら, こちら, そのパイプライン, このパイプライン, あのパイプライン

ask-pipeline = どのパイプラインですか？
ask-which-one = { $list }のことですか？
ask-more-words = 似た名前のパイプラインが{ $count }本あります。名前をもう少し詳しく言ってください。
no-such = { $heard }というパイプラインは知りません。
no-name = 名前が聞き取れませんでした。
gone = { $pipeline }はもう見当たりません。削除されたのかもしれません。
in-region = { $region }の{ $pipeline }
on-line = { $pipeline }の{ $lines }
in-account = 末尾が{ $account }のアカウントの{ $pipeline }

## 会話。

ask-list = 名前を言いましょうか？
ask-more = 続けますか？
ask-why = 理由を知りたいですか？
ask-else = ほかに何かありますか？
ask-what = 何を知りたいですか？
help = 失敗しているもの、実行中のもの、承認待ちのものを聞けます。パイプラインごとに、状態、失敗の理由、誰が変更したか、最後にいつデプロイしたかも聞けます。
goodbye = それでは、また。
not-understood = 聞き取れませんでした。
not-understood-again = まだ聞き取れませんでした。たとえばこう聞いてください。{ $first } または、{ $second }
example-why = { $pipeline }はなぜ失敗しましたか？
example-status = { $pipeline }の状態はどうですか？
example-waiting = 承認待ちは何ですか？
example-running = 何が実行中ですか？

no-ledger = 今は記録を読めません。1分ほどしてからもう一度聞いてください。
stale = 今は記録の読み込みに時間がかかっています。これは{ $ago }に読んだ内容です。

## カードの題名。

title-help = 聞けること
title-overview = パイプライン
title-failing = 失敗中
title-running = 実行中
title-waiting = 承認待ち
title-keys = 4つの指標
light = { $light ->
    [red] 赤
    [waiting] 承認待ち
    [running] 実行中
    [green] 緑
   *[grey] 終了
}

## 操作。$stage と $action は読み上げる名前です。

action-off = 変更する操作は設定されていません。
action-refused = 申し訳ありませんが、それはできません。
caller-refused = この電話番号からはAndonに質問できません。
action-ask-retry = { $pipeline }の{ $stage }をやり直しますか？
action-ask-approve = { $pipeline }を{ $action }で承認しますか？
action-ask-reject = { $pipeline }を{ $action }で却下しますか？
action-ask-stop = { $pipeline }を止めますか？
action-ask-code = コードは何ですか？
action-left = 分かりました。そのままにします。
action-retried = { $pipeline }の{ $stage }をやり直しています。
action-approved = { $pipeline }を{ $action }で承認しました。
action-rejected = { $pipeline }を{ $action }で却下しました。
action-stopped = { $pipeline }を止めています。
action-nothing-failed = { $pipeline }にやり直すものはありません。
action-nothing-waits = { $pipeline }に承認待ちはありません。
action-nothing-runs = { $pipeline }は実行中ではありません。
action-failed = { $pipeline }への操作をAWSが受け付けませんでした。理由はログにあります。

## Why it was not done.

action-runs-again = { $pipeline }はすでに再び実行中です。
action-not-retryable = { $pipeline }の{ $stage }は再実行できません。パイプラインがその後変更されたか、失敗したものがありません。
action-overtaken = { $pipeline }の{ $stage }は、より新しい実行がすでに通過しました。再実行できるのはその実行だけです。
action-busy = { $pipeline }は今混み合っています。少し待ってからもう一度お試しください。
action-answered = { $pipeline }のその承認はもう待っていません。誰かが先に答えたか、期限が切れています。
action-not-stoppable = { $pipeline }はすでに終了したか、停止中です。
action-unsure = CodePipelineから時間内に応答がありませんでした。{ $pipeline }がどうなったか確認してください。

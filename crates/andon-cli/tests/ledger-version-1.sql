-- A ledger as schema version 1 wrote it. From the first release on this file stays as it is: what is added to a document
-- needs a default, for there are ledgers without it.
PRAGMA application_id = 1097753710;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE claims (
        account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, effect TEXT NOT NULL,
        owner TEXT NOT NULL, until TEXT NOT NULL, receipt TEXT, expires INTEGER NOT NULL,
        PRIMARY KEY (account, region, name, effect)
    ) STRICT;
INSERT INTO "claims" VALUES('111122223333','eu-west-1','web','failed/e-1/1','owner-1','2027-01-15T08:01:00Z','{"place":"C024BE91L","id":"1732097100.000100"}',1834560000);
CREATE TABLE evidence (
        external TEXT NOT NULL PRIMARY KEY, expires INTEGER NOT NULL, doc TEXT NOT NULL
    ) STRICT;
INSERT INTO "evidence" VALUES('payments-api-unit-tests:fd90c10e-e934-4f16-a125-5e3012cc15ec',1834560000,'[{"external":"payments-api-unit-tests:fd90c10e-e934-4f16-a125-5e3012cc15ec","kind":"build","state":"FAILED","at":"2026-11-20T08:17:41Z","messages":["BUILD: COMMAND_EXECUTION_ERROR: Error while executing command: npm test. Reason: exit status 1"],"log":{"group":"/aws/codebuild/payments-api-unit-tests","stream":"fd90c10e-e934-4f16-a125-5e3012cc15ec"}}]');
CREATE TABLE histories (
        account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
        version INTEGER NOT NULL, expires INTEGER NOT NULL, slim TEXT, doc TEXT NOT NULL,
        PRIMARY KEY (account, region, name)
    ) STRICT;
INSERT INTO "histories" VALUES('111122223333','eu-west-1','web',1,1834560000,'{"pipeline":{"account":"111122223333","region":"eu-west-1","name":"web"},"latest":{"weight":1,"execution":"e-1","first_seen":"2026-11-20T10:00:00Z","status":"in-progress","attempt":1,"moving_since":"2026-11-20T10:00:00Z","stages":[{"name":"Source","status":"in-progress"}],"current":{"stage":"Source","action":null,"since":"2026-11-20T10:00:00Z"}},"standing":{"streak":null,"last_success":null,"first_since_success":null},"trend":["in-progress"]}','{"pipeline":{"account":"111122223333","region":"eu-west-1","name":"web"},"runs":[{"weight":1,"execution":"e-1","first_seen":"2026-11-20T10:00:00Z","status":"in-progress","attempt":1,"moving_since":"2026-11-20T10:00:00Z","stages":[{"name":"Source","status":"in-progress"}],"current":{"stage":"Source","action":null,"since":"2026-11-20T10:00:00Z"}}],"past":{"until":null,"standing":{"streak":null,"last_success":null,"first_since_success":null}},"backfill_tries":0}');
CREATE TABLE runs (
        account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, execution TEXT NOT NULL,
        version INTEGER NOT NULL, expires INTEGER NOT NULL, doc TEXT NOT NULL,
        PRIMARY KEY (account, region, name, execution)
    ) STRICT;
INSERT INTO "runs" VALUES('111122223333','eu-west-1','web','e-1',1,1834560000,'{"pipeline":{"account":"111122223333","region":"eu-west-1","name":"web"},"execution":"e-1","facts":[{"attempt":1,"subject":{"stage":"Source"},"state":"started","at":"2026-11-20T10:00:00Z"}]}');
COMMIT;

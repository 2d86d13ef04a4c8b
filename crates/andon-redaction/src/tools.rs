//! The options and arguments in which well-known tools take a secret, where their names do not tell.

/// How a tool's option holds its secret.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// `-p x` or `-px`
    Any,
    /// `-p x` or `-p=x`: what is attached is another option.
    Apart,
    /// `-px` only: a lone `-p` asks.
    Attached,
    /// The word behind one that begins so.
    Next,
    /// `-u user:x`, also behind other letters: `-su user:x`
    Pair(char),
}

/// A tool that takes a secret in a short option, or as an argument.
pub(crate) struct Tool {
    pub(crate) names: &'static [&'static str],
    /// A word that has to follow, unless it is empty.
    pub(crate) with: &'static str,
    pub(crate) options: &'static [(&'static str, Form)],
    /// The argument behind that word which is the secret, counted from one; 0 for none.
    pub(crate) argument: usize,
}

const fn options(names: &'static [&'static str], with: &'static str, options: &'static [(&'static str, Form)]) -> Tool {
    Tool { names, with, options, argument: 0 }
}

const fn argument(names: &'static [&'static str], with: &'static str, argument: usize) -> Tool {
    Tool { names, with, options: &[], argument }
}

use Form::{Any, Apart, Attached, Next, Pair};

#[rustfmt::skip] // several to a line
pub(crate) const TOOLS: &[Tool] = &[
    options(&[
        "docker", "podman", "buildah", "nerdctl", "skopeo", "helm", "oras", "crane", "regctl", "az", "oc", "cf",
        "ibmcloud", "argocd",
    ], "login", &[("-p", Any)]),
    options(&[
        "mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlshow", "mysqlcheck", "mysqlsh", "mariadb",
        "mariadb-dump", "mariadb-admin",
    ], "", &[("-p", Attached)]),
    options(&[
        "sshpass", "twine", "mongo", "mongosh", "mongodump", "mongorestore", "mongoimport", "mongoexport", "influx",
        "snowsql", "clickhouse-client",
    ], "", &[("-p", Any)]),
    options(&["curl", "http", "https", "wget", "xh", "wrk", "ab"], "", &[
        ("-u", Pair(':')), ("--user", Pair(':')), ("-U", Pair(':')), ("--proxy-user", Pair(':')), ("-a", Pair(':')),
        ("-A", Pair(':')),
    ]),
    options(&["lftp", "smbclient"], "", &[("-u", Pair(',')), ("-U", Pair('%'))]),
    options(&["redis-cli", "valkey-cli"], "", &[("-a", Any)]),
    options(&["openssl"], "", &[("-k", Apart), ("-K", Apart)]),
    options(&["sqlcmd", "bcp", "osql", "isql"], "", &[("-P", Any)]),
    options(&["ldapsearch", "ldapadd", "ldapmodify", "ldapwhoami", "ldapdelete"], "", &[("-w", Any)]),
    options(&["zip", "unzip"], "", &[("-P", Any)]),
    options(&["7z", "7za", "7zz", "rar", "unrar"], "", &[("-p", Attached)]),
    options(&["ipmitool", "mosquitto_pub", "mosquitto_sub"], "", &[("-P", Any)]),
    options(&["security"], "unlock-keychain", &[("-p", Apart)]),
    options(&["security"], "create-keychain", &[("-p", Apart)]),
    options(&["security"], "set-key-partition-list", &[("-k", Apart)]),
    options(&["security"], "import", &[("-P", Apart)]),
    options(&["security"], "add-generic-password", &[("-w", Apart)]),
    options(&["nuget", "dotnet"], "push", &[("-k", Apart)]),
    options(&["gem"], "push", &[("--key", Apart), ("-k", Apart)]),
    options(&["net"], "use", &[("/user:", Next)]),
    options(&["bundle", "bundler"], "config", &[("", Pair(':'))]),
    options(&["rabbitmqadmin"], "", &[("-p", Any)]),
    options(&["rclone"], "", &[("pass", Apart)]),
    options(&["ssh-keygen"], "", &[("-N", Apart), ("-P", Apart)]),
    options(&["signtool"], "", &[("/p", Apart)]),
    options(&["cqlsh", "elasticdump", "psexec", "winrs", "rdesktop"], "", &[("-p", Any)]),
    options(&["sqlplus", "impdp", "expdp", "rman", "sqlldr"], "", &[("", Pair('/'))]),
    options(&["kinit"], "", &[("-w", Apart)]),
    argument(&["rabbitmqctl"], "add_user", 2),
    argument(&["rabbitmqctl"], "change_password", 2),
    argument(&["vault", "snyk", "pulumi"], "login", 1),
    argument(&["snyk"], "auth", 1),
    argument(&["ngrok"], "authtoken", 1),
    argument(&["ngrok"], "add-authtoken", 1),
    argument(&["mc"], "set", 4),
    argument(&["composer"], "config", 3),
    argument(&["cf"], "auth", 2),
    argument(&["net"], "user", 2),
];

//! Services that pipelines deploy, by the names under which CloudWatch measures them.

/// A deployed service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Service {
    /// A service of Amazon ECS.
    Ecs {
        /// Its cluster.
        cluster: String,
        /// Its name.
        name: String,
    },
    /// A Lambda function.
    Lambda {
        /// Its name.
        function: String,
    },
}

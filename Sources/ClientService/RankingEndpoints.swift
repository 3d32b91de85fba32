import API
import Database
import HTTP
import Shared

/// What earns most.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/rankings/box-office | nothing |
struct RankingEndpoints: Sendable {
    let rankings: Rankings
    let pool: PostgresPool

    var all: [Endpoint] {
        [RankingsEndpoint(rankings: rankings, pool: pool, access: .open).boxOffice]
    }
}

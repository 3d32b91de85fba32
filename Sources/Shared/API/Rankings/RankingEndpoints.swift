package import Database
package import HTTP
package import Shared

/// The box office, with the same parameters for moviegoers and the platform's people.
package struct RankingEndpoints: Sendable {
    private let rankings: Rankings
    private let pool: PostgresPool
    private let access: Access

    package init(rankings: Rankings, pool: PostgresPool, access: Access) {
        self.rankings = rankings
        self.pool = pool
        self.access = access
    }

    package var all: [Endpoint] { [boxOffice] }

    var boxOffice: Endpoint {
        Endpoint(
            .get, "/v1/rankings/box-office", "Ranks movies, or what else is asked for, by the ticket money of paid orders.",
            name: "rankBoxOffice",
            access: access,
            query: [RankingShape.from, RankingShape.to, RankingShape.by],
            // The platform's people compare the figures with their books, so they always get the present ones.
            keepsAnswer: access == .open,
            answerLifetime: .seconds(2),
            answers: .page(RankingShape.boxOffice),
            refusals: [.periodInvalid]
        ) { call in
            .page(
                try await rankings.boxOffice(
                    by: call[RankingShape.by] ?? .movie,
                    from: call[RankingShape.from],
                    to: call[RankingShape.to],
                    page: call.page,
                    in: pool
                )
            )
        }
    }
}

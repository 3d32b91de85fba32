package import Callers
package import HTTP
package import Shared

/// Sessions in answers.
package enum SessionShape {
    /// A session, and whether it is the caller's own.
    package struct Listed: Sendable {
        package let record: SessionRecord
        package let isCurrent: Bool
        /// The place of the IP address at which it began.
        package let location: IPLocation?

        package init(record: SessionRecord, isCurrent: Bool, location: IPLocation?) {
            self.record = record
            self.isCurrent = isCurrent
            self.location = location
        }
    }

    package static let session = Shape<Listed>(
        "Session",
        .id("id", "Number of the session.", example: "71") { $0.record.id },
        .enumeration("method", "How it began.", example: "password") { $0.record.method },
        .text("address", "The network address that it began from.", example: "203.0.113.9") { $0.record.address },
        .object("place", IPLocationShape.location, "Where that address is, as far as it is known.") { $0.location },
        .text("user_agent", "What the program that began it says of itself.", example: "PiaoApp/1.0 (iPhone)") { $0.record.userAgent },
        .timestamp("created_at", "When it began.") { $0.record.createdAt },
        .timestamp("last_seen_at", "When it was last used, to ten minutes or so.") { $0.record.lastSeenAt },
        .timestamp("idle_expires_at", "When it ends unless it is used before.") { $0.record.idleExpiresAt },
        .timestamp("expires_at", "When it ends by itself, used or not.") { $0.record.expiresAt },
        .bool("current", "Whether it is the one that asks.") { $0.isCurrent }
    )
}

extension Page where Item == SessionRecord {
    /// - Parameters:
    ///   - sessionID: the caller's own session.
    ///   - geography: gives the places of IP addresses; `nil` when no list is configured.
    package func listed(for sessionID: Int64, by geography: IPGeography?) -> Page<SessionShape.Listed> {
        Page<SessionShape.Listed>(
            items: items.map {
                SessionShape.Listed(
                    record: $0, isCurrent: $0.id == sessionID, location: $0.address.flatMap { geography?.location(of: $0) }
                )
            },
            next: next
        )
    }
}

/// The place of an IP address in answers.
enum IPLocationShape {
    static let location = Shape<IPLocation>(
        "IPLocation",
        .text("country", "Code of the country (ISO 3166-1).", example: "CN") { $0.country },
        .text("region", "Region, as far as it is known.", example: "Shanghai") { $0.region },
        .text("city", "City, as far as it is known.", example: "Shanghai") { $0.city }
    )
}

package import HTTP
package import Shared

/// The keys that verify tickets' codes, for devices at the door.
package struct TicketKeyEndpoints: Sendable {
    private let seal: TicketSeal

    package init(seal: TicketSeal) {
        self.seal = seal
    }

    package var all: [Endpoint] { [show] }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/ticket-keys",
            "Publishes the keys with which tickets' codes are checked without network: `PIAO1.<kid>.<pass>.<signature>`, Ed25519 over all before the last point.",
            access: .open,
            caching: .publicFor(seconds: 3600),
            answers: .ok(TicketShape.keys)
        ) { _ in .ok(seal.publicKeys) }
    }
}

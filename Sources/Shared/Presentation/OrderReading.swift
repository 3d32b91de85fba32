package import HTTP
package import Shared

/// Looking at orders from the cinema's and the platform's side: a merchant's account sees those for its showtimes, an administrator all.
///
/// | method | path | access |
/// | --- | --- | --- |
/// | GET | /v1/orders | orders: read |
/// | GET | /v1/orders/{id} | orders: read |
/// | GET | /v1/orders/{id}/events | orders: read |
package struct OrderReading: Sendable {
    private let orders: Orders

    package init(orders: Orders) {
        self.orders = orders
    }

    package var all: [Endpoint] { [list, show, events] }

    private static let showtimeID = QueryParameter("showtime_id", .id, "Only orders for this showtime.")
    private static let state = QueryParameter("state", .enumeration(OrderState.self), "Only orders in this state.")

    var list: Endpoint {
        Endpoint(
            .get, "/v1/orders", "Lists orders, newest first.",
            access: .permission(.orders, .read),
            query: [Self.showtimeID, Self.state],
            answers: .page(OrderShape.order)
        ) { call in
            let page = try await orders.orders(
                scope: try call.caller.orderScope,
                showtimeID: try call[Self.showtimeID],
                state: try call[Self.state],
                page: call.pageRequest
            )
            return .page(page.items.map { ShownOrder($0) }, next: page.next)
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}", "Shows an order.",
            access: .permission(.orders, .read),
            answers: .ok(OrderShape.order)
        ) { call in
            let shown = ShownOrder(try await orders.order(try call.uuid("id"), scope: try call.caller.orderScope))
            return .ok(shown, etag: shown.etag)
        }
    }

    var events: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/events", "Tells how an order got where it is, oldest first.",
            access: .permission(.orders, .read),
            answers: .page(OrderShape.event)
        ) { call in
            .page(try await orders.events(orderID: try call.uuid("id"), scope: try call.caller.orderScope), next: nil)
        }
    }
}

extension Caller {
    /// Whose orders the caller sees from the cinema's or the platform's side: those for its merchant's showtimes, or everybody's.
    var orderScope: OrderScope {
        merchantID.map(OrderScope.merchant) ?? .all
    }
}

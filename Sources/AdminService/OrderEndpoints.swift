import HTTP
import Presentation
import Shared

/// Everybody's orders.
///
/// | method | path | access |
/// | --- | --- | --- |
/// | GET | /v1/orders | orders: read |
/// | GET | /v1/orders/{id} | orders: read |
/// | GET | /v1/orders/{id}/events | orders: read |
struct OrderEndpoints: Sendable {
    let orders: Orders

    var all: [Endpoint] { OrderReading(orders: orders).all }
}

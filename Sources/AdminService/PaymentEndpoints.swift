import API
import Database
import HTTP
import Shared

/// Payments at the gateways, and what those posted about them.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/payments | payments: read |
/// | GET | /v1/payments/{id} | payments: read |
/// | GET | /v1/payment-notifications | payments: read |
struct PaymentEndpoints: Sendable {
    let records: PaymentRecords
    let pool: PostgresPool

    var all: [Endpoint] { [list, show, notifications] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/payments", "Lists attempts to pay, newest first.",
            access: .permission(.payments, .read),
            query: [PaymentRecordShapes.orderID, PaymentRecordShapes.state, PaymentRecordShapes.outTradeNo],
            answers: .page(PaymentRecordShapes.payment)
        ) { call in
            .page(
                try await records.payments(
                    orderID: call[PaymentRecordShapes.orderID], state: call[PaymentRecordShapes.state],
                    outTradeNo: call[PaymentRecordShapes.outTradeNo], page: call.pageRequest, in: pool
                )
            )
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/payments/{id}", "Shows an attempt to pay.",
            access: .permission(.payments, .read),
            answers: .ok(PaymentRecordShapes.payment)
        ) { call in
            .ok(try await records.payment(call.id("id"), in: pool))
        }
    }

    var notifications: Endpoint {
        Endpoint(
            .get, "/v1/payment-notifications",
            "Lists what was posted to the gateways' addresses, also what was refused, and what came of it, newest first.",
            access: .permission(.payments, .read),
            query: [PaymentRecordShapes.outcome, PaymentRecordShapes.outTradeNo],
            answers: .page(PaymentRecordShapes.notification)
        ) { call in
            .page(
                try await records.notifications(
                    outcome: call[PaymentRecordShapes.outcome], outTradeNo: call[PaymentRecordShapes.outTradeNo], page: call.pageRequest,
                    in: pool
                )
            )
        }
    }
}

import API
import Callers
import Database
import HTTP
import Shared

/// Payments at the gateways, and the gateways' notices.
struct PaymentEndpoints: Sendable {
    let records: PaymentRecords
    let pool: PostgresPool

    var all: [Endpoint] { [list, show, notifications] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/payments", "Lists attempts to pay, newest first.",
            access: .permission(.payments, .read),
            query: [PaymentRecordShape.orderID, PaymentRecordShape.state, PaymentRecordShape.outTradeNo],
            answers: .page(PaymentRecordShape.payment)
        ) { call in
            .page(
                try await records.payments(
                    orderID: call[PaymentRecordShape.orderID], state: call[PaymentRecordShape.state],
                    outTradeNo: call[PaymentRecordShape.outTradeNo], page: call.page, in: pool
                )
            )
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/payments/{id}", "Shows an attempt to pay.",
            access: .permission(.payments, .read),
            answers: .ok(PaymentRecordShape.payment)
        ) { call in
            .ok(try await records.payment(call[.id], in: pool))
        }
    }

    var notifications: Endpoint {
        Endpoint(
            .get, "/v1/payment-notifications",
            "Lists what was posted to the gateways' addresses, also what was refused, and what came of it, newest first.",
            access: .permission(.payments, .read),
            query: [PaymentRecordShape.outcome, PaymentRecordShape.outTradeNo],
            answers: .page(PaymentRecordShape.notification)
        ) { call in
            .page(
                try await records.notifications(
                    outcome: call[PaymentRecordShape.outcome], outTradeNo: call[PaymentRecordShape.outTradeNo], page: call.page,
                    in: pool
                )
            )
        }
    }
}

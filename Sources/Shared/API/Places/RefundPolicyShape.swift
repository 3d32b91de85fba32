package import HTTP
package import Shared

/// How refund policies are answered.
package enum RefundPolicyShape {
    static let step = Shape<RefundPolicy.Step>(
        "RefundStep",
        .int("minutes_before_start", "Holds while at least so many minutes are left.", example: "120") { $0.minutesBeforeStart },
        .int("fee_percent", "Hundredths of the ticket's price that are kept.", example: "10") { $0.feePercent }
    )

    package static let policy = Shape<RefundPolicy>(
        "RefundPolicy",
        .int("version", "Raised by every change; 0 where the platform's own policy holds.", example: "3") { $0.version },
        .list("steps", step, "The earliest first; after the last one nothing goes back.") { $0.steps },
        .bool("refunds_service_fee", "Whether the service fee goes back too.") { $0.refundsServiceFee }
    )
}

/// Refund policies as they are written.
package enum RefundPolicyBody {
    private static let step = Body<RefundPolicy.Step>(
        "NewRefundStep",
        Field<Int>.required("minutes_before_start", .int(0...100_000), "Holds while at least so many minutes are left.", example: "120"),
        Field<Int>.required("fee_percent", .int(0...99), "Hundredths of the ticket's price that are kept.", example: "10")
    ) { RefundPolicy.Step(minutesBeforeStart: $0, feePercent: $1) }

    package static let policy = Body<NewRefundPolicy>(
        "NewRefundPolicy",
        Field<[RefundPolicy.Step]>.required(
            "steps", .array(of: .object(step), 0...10), "The earliest first; after the last one, and without any, nothing goes back."),
        Field<Bool>.defaulted("refunds_service_fee", .bool, "Whether the service fee goes back too.", default: true)
    ) { NewRefundPolicy(steps: $0, refundsServiceFee: $1) }
}

import Callers
import HTTP
import Shared
import Text

/// An enumeration whose words stand in answers, and whose words have names for people.
package struct NamedEnumeration: Sendable {
    /// A stable snake_case word, by which the names of its words are found.
    package let name: String
    package let words: [String]

    private init(_ name: String, _ words: [String]) {
        self.name = name
        self.words = words
    }

    private init<Word: RawRepresentable & CaseIterable>(_ name: String, _: Word.Type) where Word.RawValue == String {
        self.init(name, Word.allCases.map(\.rawValue))
    }

    /// Those of all services.
    package static let all = [
        NamedEnumeration("order_state", OrderState.self),
        NamedEnumeration("order_channel", OrderChannel.self),
        NamedEnumeration("order_attention", OrderAttention.self),
        // The opening is the one event that is no change.
        NamedEnumeration("order_change", ["opened"] + OrderChange.allCases.map(\.rawValue)),
        NamedEnumeration("price_stage", PriceStage.self),
        NamedEnumeration("discount_payer", DiscountPayer.self),
        NamedEnumeration("payment_state", PaymentState.self),
        NamedEnumeration("counter_payment_method", OrderBody.CounterMethod.self),
        NamedEnumeration("refund_state", RefundState.self),
        NamedEnumeration("refund_reason", RefundReason.self),
        NamedEnumeration("ticket_state", TicketState.self),
        NamedEnumeration("showtime_state", ShowtimeState.self),
        NamedEnumeration("movie_state", MovieState.self),
        NamedEnumeration("credit_role", Credit.Role.self),
        NamedEnumeration("company_role", MovieCompany.Role.self),
        NamedEnumeration("cinema_facility", CinemaFacility.self),
        NamedEnumeration("coordinate_system", CoordinateSystem.self),
        NamedEnumeration("location_source", FoundLocation.Source.self),
        NamedEnumeration("division_level", AdministrativeDivision.Level.self),
        NamedEnumeration("division_change", DivisionChange.self),
        NamedEnumeration("division_reference_kind", DivisionReference.Kind.self),
        NamedEnumeration("seat_kind", SeatKind.self),
        NamedEnumeration("seat_wish_kind", SeatWish.Kind.self),
        NamedEnumeration("seat_state", SeatState.self),
        NamedEnumeration("screen_side", ScreenSide.self),
        NamedEnumeration("screening_right_state", ScreeningRightState.self),
        NamedEnumeration("screening_right_decision", ScreeningRightDecision.Verdict.self),
        NamedEnumeration("realm", Realm.self),
        NamedEnumeration("sign_in_method", SignInMethod.self),
        NamedEnumeration("code_purpose", OneTimeCodeEndpoints.OpenPurpose.self),
        NamedEnumeration("qr_login_state", QRLoginState.self),
        NamedEnumeration("ledger_entry_kind", LedgerEntry.Kind.self),
        NamedEnumeration("reconciliation_state", ReconciliationState.self),
        NamedEnumeration("difference_kind", DifferenceKind.self),
        NamedEnumeration("bill_line_kind", BillLine.Kind.self),
        NamedEnumeration("notification_outcome", NotificationOutcome.self),
        NamedEnumeration("outbox_state", OutboxState.self),
        NamedEnumeration("box_office_dimension", BoxOfficeDimension.self),
        NamedEnumeration("quota", MerchantQuota.self),
        NamedEnumeration("resource", Resource.all.map(\.rawValue)),
        NamedEnumeration("action", Permission.everything.words),
        NamedEnumeration("json_type", JSONType.self),
    ]
}

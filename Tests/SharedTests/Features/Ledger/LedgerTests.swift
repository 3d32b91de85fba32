import Callers
import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite("The ledger")
struct LedgerTests {
    @Test("An entry that doesn't balance, the same payment twice, and any change of what was posted are refused by the database")
    func constraints() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
            try await process.pay(id, by: world.buyers[0], in: database)
            let payment = try #require(try await process.payments.payments(orderID: id, in: database).first)
            let bad = [
                LedgerEntry(
                    .payment, orderID: id, paymentID: payment.id, lines: [.init(.gateway("alipay"), 100), .init(.unallocated, -99)]),
                LedgerEntry(.payment, orderID: id, paymentID: payment.id, lines: [.init(.gateway("alipay"), 100)]),
                LedgerEntry(.payment, orderID: id, paymentID: payment.id, lines: [.init(.gateway("alipay"), 1), .init(.unallocated, -1)]),
                LedgerEntry(
                    .refundPaid, orderID: id, paymentID: payment.id, lines: [.init(.gateway("alipay"), 1), .init(.unallocated, -1)]),
            ]
            for entry in bad {
                await #expect(throws: PostgresError.self) {
                    try await database.withTransaction { try await Ledger().post(entry, at: Date(), in: $0) }
                }
            }
            for change in ["UPDATE ledger_entries SET at = now()", "DELETE FROM ledger_entries", "TRUNCATE ledger_entries CASCADE"]
                as [Query]
            {
                await #expect(throws: PostgresError.self) { try await database.execute(change) }
            }
            let entries = try await Ledger().entries(orderID: id, page: PageRequest(), in: database)
            #expect(entries.items.map(\.entry.kind) == [.payment])
            let lines: Set<LedgerLine> = [
                LedgerLine(.gateway("alipay"), 4800), LedgerLine(.tickets(merchantID: world.merchantID), -4500),
                LedgerLine(.serviceFees(merchantID: world.merchantID), -300),
            ]
            #expect(Set(entries.items[0].entry.lines) == lines)
        }
    }

    @Test("An entry of a kind that nobody knows is a defect, and isn't shown as another kind")
    func unknownKind() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
            try await process.pay(id, by: world.buyers[0], in: database)
            let checks = try await database.rows(
                "SELECT conname::text AS name FROM pg_constraint WHERE conrelid = 'ledger_entries'::regclass AND contype = 'c'"
            ) { try $0["name"] as String }
            for constraint in checks {
                try await database.execute("ALTER TABLE ledger_entries DROP CONSTRAINT \(unsafeSQL: constraint)")
            }
            try await database.execute("ALTER TABLE ledger_entries DISABLE TRIGGER USER")
            try await database.execute("UPDATE ledger_entries SET kind = 'chargeback'")
            await #expect(throws: Defect.ledgerKindUnknown) {
                try await Ledger().entries(orderID: id, page: PageRequest(), in: database)
            }
        }
    }

    @Test("Lines of nothing are left out")
    func empty() {
        let entry = LedgerEntry(.payment, orderID: UUID(), paymentID: 1, lines: [.init(.unallocated, 0), .init(.refundsPayable, 1)])
        #expect(entry.lines.map(\.amountFen) == [1])
    }
}

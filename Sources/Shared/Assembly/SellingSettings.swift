package import HTTP
import Shared

/// The settings of holding and selling seats, and of entry.
package enum SellingSettings {
    private static let usualLimits = OrderConfiguration()
    private static let usualEntry = EntryWindow()

    static let holdSeconds = Setting(
        "orders.holdSeconds", default: Int(usualLimits.holdTime.components.seconds), in: 1...86_400,
        "how long an unpaid order holds its seats")
    static let claimGraceSeconds = Setting(
        "orders.claimGraceSeconds", default: Int(usualLimits.claimGrace.components.seconds), in: 0...3600,
        "how much longer once the buyer says that it paid")
    static let unpaidLimit = Setting(
        "orders.unpaidLimit", default: usualLimits.unpaidOrders, in: 1...100, "unpaid orders of a person")
    static let returnOrigins = Setting<[WebOrigin]>(
        "payments.returnOrigins", default: [], unset: "none", else: WebOrigin.listFault,
        "client only: origins, separated by commas, of pages to which a payment's `return_url` may send a buyer back, such as "
            + "`https://www.example.com`"
    ) { WebOrigin.list($0) }
    static let sweepSeconds = Setting("orders.sweepSeconds", default: 5, in: 1...3600, "between two looks for orders past their time")
    static let addressShare = Setting(
        "squatting.addressShare", default: 50, in: 1...100,
        "hundredths of a showtime's sellable seats that unpaid orders from one network (an address of version 4, a /64 of version 6) may hold; a "
            + "/48 sixteen times as many, but no more than half of all unless one network may")
    static let challengeShare = Setting(
        "squatting.challengeShare", default: 25, in: 0...100,
        "hundredths from which on each further order from there needs a solved challenge; for a /48 sixteen times as many, but no more than a "
            + "quarter of all unless for one network; 100 for none")
    static let challengeCost = Setting(
        "squatting.challengeCost", default: 1_000, in: 1...10_000,
        "rounds of PBKDF2 that an answer costs its buyer 256 times, and the service once")
    static let challengeSeconds = Setting(
        "squatting.challengeSeconds", default: 120, in: 1...3_600, "in which a challenge must be answered")
    static let pauseSeconds = Setting(
        "squatting.pauseSeconds", default: 300, in: 0...86_400,
        "the first pause after orders that lapsed unpaid, or were cancelled late or again and again, doubled with each further one within 24 "
            + "hours: from the second of an account, a phone number or an e-mail address; 0 for none")
    static let addressLapses = Setting(
        "squatting.addressLapses", default: 20, in: 0...40,
        "lapsed orders of one network within 24 hours after which its orders are paused too; sixteen times as many of a /48")
    static let laneCount = Setting(
        "lanes.count", default: 2, in: 1...64, "bookings' transactions in flight at a time, each on a connection of its own")
    static let laneBatchLimit = Setting("lanes.batchLimit", default: 64, in: 1...512, "bookings in one of them")
    static let laneQueueLimit = Setting("lanes.queueLimit", default: 1_024, in: 1...100_000, "bookings that may wait in a lane")
    static let laneWaitMilliseconds = Setting("lanes.waitMilliseconds", default: 2_000, in: 10...60_000, "how long they may")
    static let seatMapMegabytes = Setting("seats.mapMegabytes", default: 64, in: 1...65_536, "for seat maps")
    static let seatHints = Setting(
        "seats.hints", default: true,
        "client only: whether other processes' bookings are heard of at once rather than by comparison; false behind PgBouncer's transaction "
            + "mode without `DATABASE_DIRECT_URL`")
    static let ticketKey = Setting(
        requiredSecret: "tickets.signingKey",
        "Ed25519 key that tickets' codes are signed with, as `openssl genpkey -algorithm ed25519` writes it or base64 of its 32 bytes; the same "
            + "for all services")
    static let formerTicketKeys = Setting(
        list: "tickets.formerPublicKeys", "base64 of keys whose codes are still out, separated by commas")
    static let entryOpensMinutes = Setting(
        "tickets.entryOpensMinutes", default: Int(usualEntry.opensBefore.components.seconds) / 60, in: 0...10_080,
        "how long before a showtime's start people are let in")
    static let entryClosesMinutes = Setting(
        "tickets.entryClosesMinutes", default: Int(usualEntry.closesAfter.components.seconds) / 60, in: 0...1_440,
        "how long after its end they still are")

    package static let group = SettingGroup(
        "Selling",
        [
            holdSeconds.declaration, claimGraceSeconds.declaration, unpaidLimit.declaration, returnOrigins.declaration,
            sweepSeconds.declaration,
            addressShare.declaration, challengeShare.declaration, challengeCost.declaration, challengeSeconds.declaration,
            pauseSeconds.declaration, addressLapses.declaration, laneCount.declaration, laneBatchLimit.declaration,
            laneQueueLimit.declaration, laneWaitMilliseconds.declaration, seatMapMegabytes.declaration, seatHints.declaration,
            ticketKey.declaration, formerTicketKeys.declaration, entryOpensMinutes.declaration, entryClosesMinutes.declaration,
        ])
}

extension OrderConfiguration {
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings) throws(SettingFault) {
        self.init(
            holdTime: .seconds(try settings[SellingSettings.holdSeconds]),
            claimGrace: .seconds(try settings[SellingSettings.claimGraceSeconds]),
            unpaidOrders: try settings[SellingSettings.unpaidLimit]
        )
    }
}

extension SquattingConfiguration {
    /// - Parameter sendsMessages: whether codes are sent, so that a phone number or e-mail address can be proved.
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings, sendsMessages: Bool) throws(SettingFault) {
        self.init(
            needsContact: sendsMessages,
            addressShare: try settings[SellingSettings.addressShare],
            challengeShare: try settings[SellingSettings.challengeShare],
            pause: .seconds(try settings[SellingSettings.pauseSeconds]),
            addressLapses: try settings[SellingSettings.addressLapses]
        )
    }
}

extension HoldChallenges {
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings, seal: TicketSeal) throws(SettingFault) {
        self.init(
            seal: seal,
            cost: try settings[SellingSettings.challengeCost],
            lifetime: .seconds(try settings[SellingSettings.challengeSeconds])
        )
    }
}

extension LaneConfiguration {
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings) throws(SettingFault) {
        self.init(
            name: "orders",
            count: try settings[SellingSettings.laneCount],
            batchLimit: try settings[SellingSettings.laneBatchLimit],
            queueLimit: try settings[SellingSettings.laneQueueLimit],
            waitLimit: .milliseconds(try settings[SellingSettings.laneWaitMilliseconds])
        )
    }
}

extension TicketSeal {
    /// - Throws: ``SettingFault`` for the first value that is missing or wrong.
    init(_ settings: Settings) throws(SettingFault) {
        let (privateKey, formerPublicKeys) = (try settings[SellingSettings.ticketKey], try settings[SellingSettings.formerTicketKeys])
        do {
            try self.init(privateKey: privateKey, formerPublicKeys: formerPublicKeys)
        } catch TicketKeyInvalid.formerPublicKey {
            throw SettingFault(SellingSettings.formerTicketKeys.key, "holds something else than base64 of 32 bytes")
        } catch {
            throw SettingFault(SellingSettings.ticketKey.key, "is no Ed25519 key, neither PEM nor base64 of 32 bytes")
        }
    }
}

extension EntryWindow {
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings) throws(SettingFault) {
        self.init(
            opensBefore: .seconds(60 * (try settings[SellingSettings.entryOpensMinutes])),
            closesAfter: .seconds(60 * (try settings[SellingSettings.entryClosesMinutes]))
        )
    }
}

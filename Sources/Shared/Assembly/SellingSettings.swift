import HTTP
import Shared

extension OrderLimits {
    /// - `orders.holdSeconds` (ORDERS_HOLD_SECONDS, 900): how long an unpaid order holds its seats.
    /// - `orders.claimGraceSeconds` (ORDERS_CLAIM_GRACE_SECONDS, 300): how much longer once the buyer says that it paid.
    /// - `orders.unpaidLimit` (ORDERS_UNPAID_LIMIT, 3): unpaid orders that a person may have.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings) throws(SettingFault) {
        self.init(
            holdTime: .seconds(try settings.int("orders.holdSeconds", default: 900, in: 1...86_400)),
            claimGrace: .seconds(try settings.int("orders.claimGraceSeconds", default: 300, in: 0...3600)),
            unpaidOrders: try settings.int("orders.unpaidLimit", default: 3, in: 1...100)
        )
    }
}

extension MerchantQuotas {
    /// Each as BEFORE/AFTER: for a merchant that isn't verified, and for one that is.
    ///
    /// - `quotas.cinemas` (QUOTAS_CINEMAS, 3/2000), `quotas.halls` (QUOTAS_HALLS, 20/20000), `quotas.seats` (QUOTAS_SEATS, 10000/4000000).
    /// - `quotas.unusedLayouts` (QUOTAS_UNUSED_LAYOUTS, 10/2000): former layouts that no showtime has used.
    /// - `quotas.openRequests` (QUOTAS_OPEN_REQUESTS, 20/2000): requests for screening rights that nobody has decided about.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings) throws(SettingFault) {
        self.init()
        cinemas = try Quota(settings, "quotas.cinemas", unless: cinemas)
        halls = try Quota(settings, "quotas.halls", unless: halls)
        seats = try Quota(settings, "quotas.seats", unless: seats)
        unusedLayouts = try Quota(settings, "quotas.unusedLayouts", unless: unusedLayouts)
        openRequests = try Quota(settings, "quotas.openRequests", unless: openRequests)
    }
}

extension MerchantQuotas.Quota {
    fileprivate init(_ settings: Settings, _ key: String, unless usual: Self) throws(SettingFault) {
        guard let text = settings.text(key) else {
            self = usual
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard
            parts.count == 2, let before = parts[0], let after = parts[1], (0...1_000_000_000).contains(before),
            (0...1_000_000_000).contains(after)
        else { throw SettingFault(key, "is not of the form BEFORE/AFTER") }
        self.init(before: before, after: after)
    }
}

extension SquattingRules {
    /// - `squatting.addressShare` (SQUATTING_ADDRESS_SHARE, 50): hundredths of a showtime's seats that unpaid orders of one network may hold.
    /// - `squatting.challengeShare` (SQUATTING_CHALLENGE_SHARE, 25): hundredths from which on each further order from there is asked for work;
    ///   100 for none.
    /// - `squatting.pauseSeconds` (SQUATTING_PAUSE_SECONDS, 300): the first pause after orders that lapsed unpaid; 0 for none.
    /// - `squatting.addressLapses` (SQUATTING_ADDRESS_LAPSES, 20): lapsed orders of one network in 24 hours that cost nothing.
    ///
    /// - Parameter sendsMessages: whether a phone number or an e-mail address can be proved at all.
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings, sendsMessages: Bool) throws(SettingFault) {
        self.init(
            needsContact: sendsMessages,
            addressShare: try settings.int("squatting.addressShare", default: 50, in: 1...100),
            challengeShare: try settings.int("squatting.challengeShare", default: 25, in: 0...100),
            pause: .seconds(try settings.int("squatting.pauseSeconds", default: 300, in: 0...86_400)),
            addressLapses: try settings.int("squatting.addressLapses", default: 20, in: 0...40)
        )
    }
}

extension HoldChallenges {
    /// - `squatting.challengeCost` (SQUATTING_CHALLENGE_COST, 1000): rounds of a challenge's derivation.
    /// - `squatting.challengeSeconds` (SQUATTING_CHALLENGE_SECONDS, 120): how long a challenge can be answered.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings, seal: TicketSeal) throws(SettingFault) {
        self.init(
            seal: seal,
            cost: try settings.int("squatting.challengeCost", default: 1_000, in: 1...10_000),
            lifetime: .seconds(try settings.int("squatting.challengeSeconds", default: 120, in: 1...3_600))
        )
    }
}

extension LaneConfiguration {
    /// - `lanes.count` (LANES_COUNT, 2): how many bookings' transactions are in flight at a time, each on a connection of its own.
    /// - `lanes.batchLimit` (LANES_BATCH_LIMIT, 64): how many bookings go into one.
    /// - `lanes.queueLimit` (LANES_QUEUE_LIMIT, 1024): how many may wait in a lane.
    /// - `lanes.waitMilliseconds` (LANES_WAIT_MILLISECONDS, 2000): how long they may.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings) throws(SettingFault) {
        self.init(
            count: try settings.int("lanes.count", default: 2, in: 1...64),
            batchLimit: try settings.int("lanes.batchLimit", default: 64, in: 1...512),
            queueLimit: try settings.int("lanes.queueLimit", default: 1024, in: 1...100_000),
            waitLimit: .milliseconds(try settings.int("lanes.waitMilliseconds", default: 2000, in: 10...60_000))
        )
    }
}

extension TicketSeal {
    /// - `tickets.signingKey` (TICKETS_SIGNING_KEY, a secret: TICKETS_SIGNING_KEY_FILE names a file): required; the Ed25519 key that tickets' codes are
    ///   signed with, as `openssl genpkey -algorithm ed25519` writes it, or base64 of its 32 bytes. All services have the same.
    /// - `tickets.formerPublicKeys` (TICKETS_FORMER_PUBLIC_KEYS): base64 of keys whose codes are still out, separated by commas.
    ///
    /// - Throws: ``SettingFault`` for the first value that is missing or wrong.
    init(_ settings: Settings) throws(SettingFault) {
        let privateKey = try settings.requiredSecret("tickets.signingKey")
        do {
            try self.init(privateKey: privateKey, formerPublicKeys: settings.list("tickets.formerPublicKeys"))
        } catch TicketKeyInvalid.formerPublicKey {
            throw SettingFault("tickets.formerPublicKeys", "holds something else than base64 of 32 bytes")
        } catch {
            throw SettingFault("tickets.signingKey", "is no Ed25519 key, neither PEM nor base64 of 32 bytes")
        }
    }
}

extension EntryWindow {
    /// - `tickets.entryOpensMinutes` (TICKETS_ENTRY_OPENS_MINUTES, 120): how long before a showtime's start people are let in.
    /// - `tickets.entryClosesMinutes` (TICKETS_ENTRY_CLOSES_MINUTES, 0): how long after its end they still are.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings) throws(SettingFault) {
        self.init(
            opensBefore: .seconds(60 * (try settings.int("tickets.entryOpensMinutes", default: 120, in: 0...10_080))),
            closesAfter: .seconds(60 * (try settings.int("tickets.entryClosesMinutes", default: 0, in: 0...1_440)))
        )
    }
}

extension ReconciliationRules {
    /// - `reconciliation.slackSeconds` (RECONCILIATION_SLACK_SECONDS, 900): how far our clock and the gateways' may be apart.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings) throws(SettingFault) {
        self.init(slack: .seconds(try settings.int("reconciliation.slackSeconds", default: 900, in: 0...43_200)))
    }
}

extension AlipayConfiguration {
    /// - `alipay.appID` (ALIPAY_APP_ID), `alipay.sellerID` (ALIPAY_SELLER_ID), `alipay.gatewayURL` (ALIPAY_GATEWAY_URL),
    ///   `alipay.notifyURL` (ALIPAY_NOTIFY_URL): required.
    /// - `alipay.returnURL` (ALIPAY_RETURN_URL): where the buyer's browser comes back to.
    /// - `alipay.appPrivateKey`: PEM or base64, a secret: ALIPAY_APP_PRIVATE_KEY_FILE names a file.
    /// - `alipay.publicKey` (ALIPAY_PUBLIC_KEY_FILE), or for certificate mode all of `alipay.appCertificate` (ALIPAY_APP_CERTIFICATE_FILE),
    ///   `alipay.certificate` (ALIPAY_CERTIFICATE_FILE) and `alipay.rootCertificate` (ALIPAY_ROOT_CERTIFICATE_FILE).
    ///
    /// - Throws: ``SettingFault`` for the first value that is missing or wrong.
    init(_ settings: Settings) throws(SettingFault) {
        do {
            try self.init(
                appID: try settings.requiredText("alipay.appID"),
                sellerID: try settings.requiredText("alipay.sellerID"),
                gatewayURL: try settings.requiredText("alipay.gatewayURL"),
                notifyURL: try settings.requiredText("alipay.notifyURL"),
                returnURL: settings.text("alipay.returnURL"),
                appPrivateKey: try settings.requiredSecret("alipay.appPrivateKey"),
                trust: try Self.trust(settings)
            )
        } catch let fault as SettingFault {
            throw fault
        } catch let error as AlipayConfigurationError {
            throw SettingFault(error.setting, error.reason)
        } catch {
            throw SettingFault("alipay", "can't be used")
        }
    }

    private static func trust(_ settings: Settings) throws(SettingFault) -> Trust {
        let keys = ["alipay.appCertificate", "alipay.certificate", "alipay.rootCertificate"]
        var isCertificateMode = false
        for key in keys where try settings.secret(key) != nil { isCertificateMode = true }
        guard isCertificateMode else { return .publicKey(try settings.requiredSecret("alipay.publicKey")) }
        // Which of the two was meant would be a guess.
        guard try settings.secret("alipay.publicKey") == nil else {
            throw SettingFault("alipay.publicKey", "is set although there are certificates; only one of the two can be believed")
        }
        return .certificates(
            AlipayCertificates.Files(
                app: try settings.requiredSecret(keys[0]), alipay: try settings.requiredSecret(keys[1]),
                root: try settings.requiredSecret(keys[2])
            )
        )
    }
}

import Callers
import Testing

@testable import HTTP

@Suite("The names of calls, by which generated clients name their functions")
struct OperationNameTests {
    @Test("Each is a word in lower camel case, of one call alone", arguments: Realm.allCases)
    func words(realm: Realm) throws {
        let names = try FurnishedPlatform.endpoints(of: realm).map(\.name)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(name.wholeMatch(of: /[a-z]+([A-Z][a-z0-9]*)+/) != nil, "\(name)")
            // What the rule makes of a movie, and of others whose singular it doesn't know.
            #expect(!name.contains("Movy") && !name.contains("Sery"), "\(name)")
            // What the rule makes of a POST that makes nothing: such a call does something that has a name.
            #expect(!name.hasPrefix("submit"), "\(name)")
        }
    }

    /// New names come to it; none of these goes, because clients call it.
    @Test("Those that clients have been generated with are still there", arguments: Realm.allCases)
    func stay(realm: Realm) throws {
        let names = Set(try FurnishedPlatform.endpoints(of: realm).map(\.name))
        let known = Self.ofAll + " " + (Self.ofOne[realm] ?? "")
        #expect(known.split(separator: " ").map(String.init).filter { !names.contains($0) } == [])
    }

    private static let ofAll = """
        changeMe changePassword checkLiveness checkReadiness confirmSecondFactor createAppTicket deleteSession listCinemas \
        listCities listCityDistricts listMovies listOrderEvents listOrderRefunds listOrders listSessions \
        listShowtimes openOrder prepareSecondFactor previewRefund readMetrics readOpenApi refundOrder removeSecondFactor \
        resetPassword sendOneTimeCode sendOwnOneTimeCode showCinema showCinemaRefundPolicy showCity showMe showMovie \
        showOrder showProblemCodes showSecondFactor showShowtime showWords signIn signInByAppTicket signInByCode signOut
        """

    private static let ofOne: [Realm: String] = [
        .client: """
        cancelOrder chooseBestSeats claimPayment decideQrLogin followShowtimeSeats linkIdentity listIdentities \
        listOrderPayments listOwnSeats listPaymentMethods pollQrLogin previewOrder rankBoxOffice receiveAlipayNotification scanQrLogin \
        showCinemaSchedule showOrderTickets showQrLoginImage \
        showShowtimeSeats showTicketKeys signInByThirdParty signUp startPayment startQrLogin startThirdPartyLogin \
        unlinkIdentity
        """,
        .cinema: """
        cancelShowtime changeCinema changeHall changeMember changeShowtime changeTicket collectTickets createCinema \
        createCinemaHall createMember deleteCinema enterWithTicket listCinemaHalls listMembers \
        listScreeningRights listTickets listUserGroups payRefundOut registerMerchant reprintTickets \
        requestScreeningRight scheduleShowtime setCinemaRefundPolicy setHallLayout showHall showHallSeats showMember \
        showOrderTickets showScreeningRight showShowtimeCancellation showTicket showTicketKeys takeEntryBack takePayment voidOrder
        """,
        .admin: """
        addUserGroupMember cancelShowtime changeAccount changeAccountGrants changeApp changeCinema changeHall \
        changeMovie changePermission changePermissionGroup changeShowtime changeTicket changeUserGroup createApp \
        createCinemaHall createCompany createMovie createPermission createPermissionGroup createUserGroup \
        decideOrderAttention decideScreeningRight deleteAccountSession deleteAccountSessions deleteCinema \
        deleteMovie deletePermission deletePermissionGroup deleteUserGroup listAccountSessions listAccounts listApps \
        listAuditEvents listCinemaHalls listCompanies listLedgerBalances listLedgerEntries listMerchants \
        listOutboxMessages listPaymentNotifications listPayments listPermissionGroups \
        listPermissions listReconciliationDifferences listReconciliations listScreeningRights listTickets \
        listUserGroupMembers listUserGroups noteRefundSentElsewhere payRefundOut rankBoxOffice refundPaymentNotification \
        removeAccountSecondFactor removeUserGroupMember reopenSecondFactor reprintTickets resolveDifference \
        retryOutboxMessage scheduleShowtime setCinemaRefundPolicy setHallLayout showAccount \
        showAccountEffectivePermissions showAccountGrants showCompany showHall showHallSeats showMerchant \
        showOrderTickets showOutboxMessage showPayment showPermission showPermissionGroup showReconciliation showScreeningRight \
        showShowtimeCancellation showTicket showUserGroup startReconciliation takePayment verifyMerchant voidOrder
        """,
    ]
}

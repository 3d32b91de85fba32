import Database
import Foundation
import Pictures
import Text

/// Made rows on their way into the tables. Another kind of row is one more batch here, with what adds to it.
struct DemoRows: Sendable {
    /// The tables in the order in which they are written: each after those that it refers to.
    private enum Table: String, CaseIterable {
        case merchants, accounts, movies
        case credits = "movie_people"
        case movieCompanies = "movie_companies"
        case rights = "screening_rights"
        case cinemas, halls
        case layouts = "hall_layouts"
        case pictures
        case renditions = "picture_renditions"
        case shownPictures = "shown_pictures"
        case seats, showtimes
        case prices = "showtime_prices"
        case orders, payments
        case events = "order_events"
        case claims = "seat_claims"
        case tickets, refunds
        case refundTickets = "refund_tickets"
        case entries = "ledger_entries"
        case figures = "showtime_figures"

        var columns: [String] {
            switch self {
            case .merchants: ["id", "name", "verified_at", "created_at"]
            case .accounts: ["id", "realm", "username", "password_hash", "permission", "merchant_id", "created_at"]
            case .movies:
                [
                    "id", "title", "duration_min", "release_date", "company_id", "formats", "languages", "genres", "minimum_price_fen",
                    "synopsis", "countries", "created_at",
                ]
            case .credits: ["movie_id", "place", "person_id", "role"]
            case .movieCompanies: ["movie_id", "place", "company_id", "role"]
            case .rights: ["id", "merchant_id", "movie_id", "valid_from", "valid_to", "state", "requested_at", "decided_at"]
            case .cinemas:
                [
                    "id", "merchant_id", "name", "city_id", "district_id", "district", "address", "latitude", "longitude", "phone",
                    "service_fee_fen", "trailers_min", "cleaning_min", "opening_hours", "facilities", "created_at",
                ]
            case .halls: ["id", "cinema_id", "name", "formats", "created_at"]
            case .layouts: ["id", "hall_id", "version", "created_at"]
            case .pictures: ["sha256", "format", "byte_count", "width", "height", "uploaded_at"]
            case .renditions: ["sha256", "width", "height", "content"]
            case .shownPictures: ["subject_kind", "subject_id", "role", "place", "sha256"]
            case .seats: ["id", "layout_id", "row_number", "column_number", "row_label", "label", "zone", "kind"]
            case .showtimes:
                [
                    "id", "merchant_id", "cinema_id", "hall_id", "layout_id", "movie_id", "screening_right_id", "starts_at", "ends_at",
                    "occupied_until", "business_day", "format", "language", "service_fee_fen", "preview", "cancelled_at", "created_at",
                    "version", "seat_revision",
                ]
            case .prices: ["showtime_id", "zone", "price_fen"]
            case .orders:
                [
                    "id", "account_id", "showtime_id", "state", "seat_ids", "seat_prices_fen", "ticket_amount_fen", "service_fee_fen",
                    "discount_fen", "payable_fen", "created_at", "expires_at", "paid_at", "collection_code", "version", "channel",
                    "refund_policy_id", "showtime_starts_at", "paid_by_payment_id", "refunded_seat_ids",
                ]
            case .payments:
                [
                    "id", "order_id", "gateway", "method", "out_trade_no", "amount_fen", "state", "trade_no", "created_at", "expires_at",
                    "succeeded_at", "closed_at",
                ]
            case .events: ["id", "order_id", "at", "from_state", "to_state", "cause", "actor_account_id", "note"]
            case .claims: ["showtime_id", "seat_id", "order_id"]
            case .tickets:
                [
                    "id", "order_id", "showtime_id", "seat_id", "price_fen", "service_fee_fen", "state", "issued_at", "collected_at",
                    "collected_by_account_id", "collection_place", "entered_at", "entered_by_account_id", "entry_place", "version",
                ]
            case .refunds:
                [
                    "id", "payment_id", "order_id", "request_number", "amount_fen", "reason", "state", "requested_at", "succeeded_at",
                    "requested_by_account_id", "note",
                ]
            case .refundTickets: ["ticket_id", "refund_id", "price_fen", "service_fee_fen", "fee_fen"]
            case .entries: ["id", "at", "kind", "order_id", "payment_id", "refund_id", "accounts", "amounts_fen"]
            case .figures:
                [
                    "showtime_id", "business_day", "movie_id", "cinema_id", "city_id", "tickets", "orders", "box_office_fen",
                    "service_fee_fen",
                ]
            }
        }
    }

    /// Where the batch of a table is.
    private static let places = Dictionary(uniqueKeysWithValues: zip(Table.allCases, 0...))

    static var tables: [String] { Table.allCases.map(\.rawValue) }

    private static let counterPlace = "柜台 1"
    private static let door = "检票口 1"

    private let request: DemoDataRequest
    private let ids: DemoIDs
    private var batches = Table.allCases.map { CopyRows(into: $0.rawValue, columns: $0.columns) }

    /// The photos of cinemas that were drawn so far, by which they are.
    private var photos: [Int: PictureHash] = [:]

    init(_ request: DemoDataRequest, ids: DemoIDs) {
        self.request = request
        self.ids = ids
    }

    /// Whether these rows should be written before others are added.
    var isFull: Bool { batches.contains(where: \.isFull) }

    private mutating func add<each Value: PostgresEncodable>(_ table: Table, _ values: repeat each Value) {
        guard let place = Self.places[table] else { return }
        batches[place].add(repeat each values)
    }

    /// Writes all of them.
    ///
    /// - Returns: how many there were.
    mutating func write(in transaction: PostgresTransaction) async throws -> Int {
        // Orders name the payment that won, and payments their order: one of the two has to come first.
        try await transaction.execute("SET CONSTRAINTS orders_paid_by_payment_id_fkey DEFERRED")
        var written = 0
        for place in batches.indices where !batches[place].isEmpty {
            written += try await transaction.copy(batches[place])
            batches[place].removeAll()
        }
        // Looked at here, so that no list of what is to be checked grows until the end.
        try await transaction.execute("SET CONSTRAINTS orders_paid_by_payment_id_fkey IMMEDIATE")
        return written
    }
}

// MARK: - What was there before the week

extension DemoRows {
    mutating func addMerchant(_ place: Int) {
        let id = ids.id(.merchants, place)
        add(.merchants, id, DemoNames.merchant(place + 1), request.moment - 390 * 86_400, request.moment - 400 * 86_400)
    }

    /// An account that nobody can sign in to before it has got a password.
    ///
    /// - Parameters:
    ///   - number: from 1, of its realm.
    ///   - merchant: for whose staff it is, from 0; `nil` for a buyer.
    mutating func addAccount(_ id: Int64, number: Int, ofMerchant merchant: Int?) {
        var numbers = SeededNumbers(seed: request.seed, merchant == nil ? .buyers : .staff, number)
        add(
            .accounts, id, merchant == nil ? "client" : "cinema", "demo_\(request.seed)_\(number)", PasswordHash.absent, 15,
            merchant.map { ids.id(.merchants, $0) }, request.moment - TimeInterval(40 * 86_400 + numbers.below(300 * 86_400)))
    }

    mutating func add(_ movie: DemoMovie, companies: [String: Int64], people: [String: Int64]) {
        add(
            .movies, movie.id, movie.title, movie.durationMin, movie.releaseDate, companies[movie.company], movie.formats, movie.languages,
            movie.genres, movie.minimumPriceFen, movie.synopsis, movie.countries, request.moment - 200 * 86_400)
        if let companyID = companies[movie.company] {
            add(.movieCompanies, movie.id, 1, companyID, MovieCompany.Role.production)
        }
        for (place, credit) in movie.credits.enumerated() {
            add(.credits, movie.id, place + 1, people[credit.name], credit.role)
        }
    }

    /// - Parameter place: of the movie, from 0.
    mutating func addRight(ofMerchant merchant: Int, to movie: DemoMovie, _ place: Int) {
        let first = min(movie.releaseDate, request.day).adding(days: -20)
        add(
            .rights, rightID(merchant, place), ids.id(.merchants, merchant), movie.id, first, request.day.adding(days: 60), "granted",
            request.moment - 30 * 86_400, request.moment - 29 * 86_400)
    }

    private func rightID(_ merchant: Int, _ movie: Int) -> Int64 { ids.id(.rights, merchant * DemoMovie.count + movie) }

    mutating func add(_ cinema: DemoCinema) {
        add(
            .cinemas, cinema.id, ids.id(.merchants, cinema.merchant), cinema.name, cinema.cityID, cinema.districtID, cinema.district,
            cinema.address, cinema.point.latitude, cinema.point.longitude, cinema.phone, cinema.serviceFeeFen, DemoSchedule.trailersMin,
            DemoSchedule.cleaningMin, PostgresJSON(cinema.openingHours), cinema.facilities, request.moment - 380 * 86_400)
    }

    /// Draws a movie's poster.
    ///
    /// - Parameter place: of the movie, from 0.
    mutating func addPoster(of movie: DemoMovie, _ place: Int) throws {
        let picture = try DemoPicture.poster(place, request)
        add(picture)
        add(.shownPictures, PictureSubject.Kind.movie.rawValue, movie.id, PictureRole.poster.rawValue, 1, picture.hash.bytes)
    }

    /// Gives a cinema one of the photos, which is drawn when the first cinema gets it.
    ///
    /// - Parameter place: of the cinema, from 0.
    mutating func addPhoto(of cinema: DemoCinema, _ place: Int) throws {
        let number = place % DemoPicture.photos
        if photos[number] == nil {
            let picture = try DemoPicture.photo(number, request)
            add(picture)
            photos[number] = picture.hash
        }
        guard let hash = photos[number] else { return }
        add(.shownPictures, PictureSubject.Kind.cinema.rawValue, cinema.id, PictureRole.photo.rawValue, 1, hash.bytes)
    }

    private mutating func add(_ picture: DemoPicture) {
        let prepared = picture.prepared
        add(
            .pictures, picture.hash.bytes, prepared.format.rawValue, picture.byteCount, prepared.width, prepared.height,
            request.moment - 200 * 86_400)
        for rendition in prepared.renditions {
            add(.renditions, picture.hash.bytes, rendition.width, rendition.height, rendition.bytes)
        }
    }

    mutating func add(_ hall: DemoHall, cinemaID: Int64, drawing: DemoLayout) {
        let since = request.moment - 370 * 86_400
        add(.halls, hall.id, cinemaID, hall.name, hall.formats, since)
        add(.layouts, hall.layoutID, hall.id, 1, since)
        for (place, seat) in drawing.layout.seats.enumerated() {
            add(
                .seats, hall.firstSeatID + Int64(place), hall.layoutID, seat.row, seat.column, seat.rowLabel, seat.label, seat.zone,
                seat.kind)
        }
    }
}

// MARK: - The week

extension DemoRows {
    mutating func add(_ showtime: DemoShowtime, hall: DemoHall, cinema: DemoCinema, movie: DemoMovie, figures: DemoFigures) {
        add(
            .showtimes, showtime.id, ids.id(.merchants, cinema.merchant), cinema.id, hall.id, hall.layoutID, movie.id,
            rightID(cinema.merchant, showtime.movie), showtime.startsAt, showtime.endsAt, showtime.occupiedUntil, showtime.businessDay,
            showtime.format, showtime.language, cinema.serviceFeeFen, showtime.isPreview, showtime.cancelledAt,
            request.moment - 20 * 86_400, showtime.cancelledAt == nil ? 1 : 2, figures.seatRevision)
        for price in showtime.prices { add(.prices, showtime.id, price.zone, price.fen) }
        guard figures.everSold else { return }
        add(
            .figures, showtime.id, showtime.businessDay, movie.id, cinema.id, cinema.cityID, figures.tickets, figures.orders,
            figures.boxOfficeFen, figures.serviceFeeFen)
    }

    /// - Parameter staffID: who acts for its cinema.
    mutating func add(_ order: DemoOrder, refundPolicyID: Int64?, staffID: Int64) {
        add(
            .orders, order.id, order.accountID, order.showtimeID, order.state, order.seats.map(\.id), order.seats.map(\.priceFen),
            order.ticketAmountFen, order.feeAmountFen, 0, order.payableFen, order.createdAt, order.expiresAt, order.paidAt,
            order.collectionCode, order.version, order.channel, refundPolicyID, order.showtimeStartsAt, order.paidByPaymentID,
            order.refundedSeatIDs)
        for seatID in order.claimedSeatIDs { add(.claims, order.showtimeID, seatID, order.id) }
        for payment in order.payments {
            add(
                .payments, payment.id, order.id, payment.gateway, payment.method, payment.outTradeNo, order.payableFen, payment.state,
                payment.tradeNo, payment.createdAt, payment.expiresAt, payment.succeededAt, payment.closedAt)
        }
        for event in order.events {
            add(.events, event.id, order.id, event.at, event.from, event.to, event.cause, event.actorID, event.note)
        }
        for ticket in order.tickets {
            let (isCollected, isEntered) = (ticket.collectedAt != nil, ticket.enteredAt != nil)
            add(
                .tickets, ticket.id, order.id, order.showtimeID, ticket.seatID, ticket.priceFen, ticket.serviceFeeFen, ticket.state,
                ticket.issuedAt, ticket.collectedAt, isCollected ? staffID : nil, isCollected ? Self.counterPlace : nil, ticket.enteredAt,
                isEntered ? staffID : nil, isEntered ? Self.door : nil, ticket.version)
        }
        for refund in order.refunds { add(refund, of: order) }
        for entry in order.entries {
            add(
                .entries, entry.id, entry.at, entry.kind.rawValue, order.id, entry.paymentID, entry.refundID,
                entry.lines.map(\.account.rawValue), entry.lines.map(\.amountFen))
        }
    }

    private mutating func add(_ refund: DemoOrder.Refund, of order: DemoOrder) {
        let state: RefundState = refund.succeededAt == nil ? .requested : .succeeded
        add(
            .refunds, refund.id, refund.paymentID, order.id, refund.requestNumber, refund.amountFen, refund.reason.rawValue, state,
            refund.requestedAt, refund.succeededAt, refund.requestedByID, refund.note)
        for ticket in refund.tickets {
            add(.refundTickets, ticket.id, refund.id, ticket.priceFen, ticket.serviceFeeFen, 0)
        }
    }
}

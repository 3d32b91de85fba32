package import Foundation
import Text

/// The keys of the last item of a page, as the opaque text that a client hands back for the next one.
package struct PageCursor: Hashable, Sendable {
    package let keys: [String]

    package init(_ keys: [String]) {
        self.keys = keys
    }

    /// URL-safe base64 of the keys as a JSON array.
    package var text: String {
        let json = (try? JSONEncoder().encode(keys)) ?? Data("[]".utf8)
        return Base64URL.encode(json)
    }

    /// Reads what ``text`` wrote.
    ///
    /// - Parameter count: how many keys the list's order has.
    /// - Throws: ``Refusal/cursorInvalid`` for anything that is not a cursor of such a list.
    package init(text: String, count: Int) throws {
        guard
            text.utf8.count <= 1024,
            let json = Base64URL.decode(text),
            let keys = try? JSONDecoder().decode([String].self, from: Data(json)),
            keys.count == count,
            !keys.contains(where: { $0.contains("\0") })
        else { throw Refusal.cursorInvalid }
        self.keys = keys
    }
}

extension PageRequest {
    /// The keys after which the page starts; `nil` for the first page.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func keys(count: Int) throws -> [String]? {
        try cursor.map { try PageCursor(text: $0, count: count).keys }
    }

    /// The single whole-number key after which the page starts; `nil` for the first page.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func idKey() throws -> Int64? {
        try keys(count: 1).map { keys in
            guard let id = Int64(keys[0]) else { throw Refusal.cursorInvalid }
            return id
        }
    }
}

extension Date {
    /// What a cursor may say of a moment: microseconds since 1970 that a `Double` holds exactly.
    private static let moments: ClosedRange<Int64> = -(1 << 53)...(1 << 53)

    /// The moment as a cursor's key, in microseconds since 1970, as PostgreSQL counts. It must be one of our times, near to now.
    package var cursorKey: String { String(Int64((timeIntervalSince1970 * 1_000_000).rounded())) }

    /// - Throws: ``Refusal/cursorInvalid``.
    package init(cursorKey text: String) throws {
        guard let microseconds = Int64(text), Self.moments.contains(microseconds) else { throw Refusal.cursorInvalid }
        self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}

extension Refusal {
    /// The cursor was made by another list. It is a malformed parameter, answered 400.
    package static let cursorInvalid = Refusal(.malformed, "cursor_invalid")
}

/// The part of a list that a caller wants.
package struct PageRequest: Hashable, Sendable {
    /// How many items at most; the endpoint says how many that may be.
    package let limit: Int
    /// The value of `next` on the page before; `nil` for the first page.
    package let cursor: String?

    /// How many rows to read: one more than the page has tells whether there is a next page.
    package var rowLimit: Int { limit + 1 }

    package init(limit: Int = 20, cursor: String? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

/// A part of a list in a stable order.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    /// The cursor of the next part; `nil` when this is the last.
    package let next: String?

    package init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }

    /// Cuts a page out of rows in the order of their ids, of which ``PageRequest/rowLimit`` were read.
    package init(_ rows: [Item], request: PageRequest, id: (Item) -> Int64) {
        self.init(rows, request: request, key: { [String(id($0))] })
    }

    /// Cuts a page out of rows of which ``PageRequest/rowLimit`` were read.
    ///
    /// - Parameter key: gives an item's keys in the list's order. The next page starts after those of the last item.
    package init(_ rows: [Item], request: PageRequest, key: (Item) -> [String]) {
        items = Array(rows.prefix(request.limit))
        next = rows.count > request.limit ? items.last.map { PageCursor(key($0)).text } : nil
    }

    /// Makes a page of a list that was read whole, because it is always short.
    ///
    /// - Parameter key: gives an item's name. The next page starts after that of the last item.
    /// - Throws: ``Refusal/cursorInvalid`` for a cursor that names no item.
    package init(whole items: [Item], request: PageRequest, key: (Item) -> String) throws {
        var rest = items[...]
        if let keys = try request.keys(count: 1) {
            guard let last = items.firstIndex(where: { key($0) == keys[0] }) else { throw Refusal.cursorInvalid }
            rest = items[last...].dropFirst()
        }
        self.init(Array(rest), request: request) { [key($0)] }
    }
}

extension Page {
    /// The same page with each item transformed.
    package func map<Other: Sendable>(_ transform: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), next: next)
    }
}

extension Page: Equatable where Item: Equatable {}

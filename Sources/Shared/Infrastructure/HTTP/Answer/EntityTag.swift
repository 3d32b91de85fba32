/// The strong tag of a resource's state (RFC 9110 §8.8.3).
package struct EntityTag: Hashable, Sendable {
    /// The tag with its quotes, as the header has it.
    package let text: String
    /// The version of the row from which the tag was made, for If-Match.
    let rowVersion: Int64?

    /// The tag of a row's version. An answer may hold more than the row, such as others' names. So the tag is sent with a digest of the
    /// whole answer.
    package static func version(_ version: Int64) -> EntityTag {
        EntityTag(text: "\"\(version)\"", rowVersion: version)
    }

    /// The tag of a row's version and of the whole answer.
    static func version(_ version: Int64, digest: String) -> EntityTag {
        EntityTag(text: "\"\(version)-\(digest)\"", rowVersion: version)
    }

    /// Any other tag. Characters that a tag can't hold are left out.
    package static func opaque(_ value: String) -> EntityTag {
        func isAllowed(_ code: UInt32) -> Bool { code == 0x21 || (0x23...0x7E).contains(code) }
        guard !value.utf8.allSatisfy({ isAllowed(UInt32($0)) }) else { return EntityTag(text: "\"\(value)\"", rowVersion: nil) }
        let allowed = value.unicodeScalars.filter { isAllowed($0.value) }
        return EntityTag(text: "\"\(String(String.UnicodeScalarView(allowed)))\"", rowVersion: nil)
    }
}

/// The list of tags in If-Match or If-None-Match.
struct EntityTagList: Hashable, Sendable {
    /// One tag, with its quotes but without `W/`.
    struct Tag: Hashable, Sendable {
        let text: String
        let isWeak: Bool
    }

    /// Whether the list is `*`, which matches any tag.
    let isAny: Bool
    let tags: [Tag]

    /// - Returns: `nil` for text that is no such list.
    init?(_ header: String) {
        let text = header.utf8.trimmingSpaces
        if text.elementsEqual("*".utf8) {
            isAny = true
            tags = []
            return
        }
        var tags: [Tag] = []
        var rest = text
        while !rest.isEmpty {
            // Empty elements of a list are ignored (RFC 9110 §5.6.1.2).
            if rest.first == UInt8(ascii: ",") {
                rest = rest.dropFirst().trimmingSpaces
                continue
            }
            let isWeak = rest.starts(with: "W/".utf8)
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == UInt8(ascii: "\""), let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            let next = rest.index(after: end)
            tags.append(Tag(text: String(Substring(rest[..<next])), isWeak: isWeak))
            rest = rest[next...].trimmingSpaces
            guard rest.isEmpty || rest.first == UInt8(ascii: ",") else { return nil }
        }
        guard !tags.isEmpty else { return nil }
        isAny = false
        self.tags = tags
    }

    /// Whether If-None-Match holds the tag; weak tags compare equal to strong ones there.
    func matchesWeakly(_ tag: EntityTag) -> Bool {
        isAny || tags.contains { $0.text == tag.text }
    }

    /// The versions that If-Match names. Weak tags and tags of other forms can't match (RFC 9110 §13.1.1). The digest after the version
    /// isn't compared: a change must not be refused because something beside the row, or only the time, has changed.
    var versions: [Int64] {
        tags.compactMap { tag in tag.isWeak ? nil : Int64(tag.text.dropFirst().dropLast().prefix { $0 != "-" }) }
    }
}

extension BidirectionalCollection<UInt8> where SubSequence: BidirectionalCollection<UInt8> {
    /// The text without spaces and tabs at both ends.
    fileprivate var trimmingSpaces: SubSequence {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}

/// Memory of hashes that are done, for those that follow: pieces of one length, which is the latest one's. So there are never more of them
/// than hashes ran at once.
struct KeptMemory: Hashable, Sendable {
    /// Of each piece, in bytes.
    private(set) var length = 0
    /// Where the pieces begin.
    private(set) var addresses: [UInt] = []

    /// Takes a piece out.
    ///
    /// - Returns: `nil` when none of this length is kept.
    mutating func take(length: Int) -> UInt? {
        length == self.length ? addresses.popLast() : nil
    }

    /// Keeps a piece.
    ///
    /// - Returns: those of another length, which are not kept any more.
    mutating func keep(_ address: UInt, length: Int) -> KeptMemory {
        var former = KeptMemory()
        if length != self.length {
            former = self
            self = KeptMemory(length: length)
        }
        addresses.append(address)
        return former
    }

    /// Takes all pieces out.
    mutating func takeAll() -> KeptMemory {
        let all = self
        self = KeptMemory()
        return all
    }
}

/// Memory that finished hashes leave for later ones. All pieces have one length, that of the latest hash. So there are never more of them
/// than hashes ran at once.
struct KeptMemory: Hashable, Sendable {
    /// The length of each piece, in bytes.
    private(set) var length = 0
    /// The addresses of the pieces.
    private(set) var addresses: [UInt] = []

    /// Takes a piece out.
    ///
    /// - Returns: `nil` when there is no piece of this length.
    mutating func take(length: Int) -> UInt? {
        length == self.length ? addresses.popLast() : nil
    }

    /// Keeps a piece.
    ///
    /// - Returns: the pieces of another length, which are no longer kept.
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

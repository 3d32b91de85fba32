import Waiting

/// Decides which answers stay in memory and which of them may still be given. It has the rules, and neither reads nor waits.
///
/// A new generation begins when the younger one is full or has answers that may not be given any more. When invented queries push an answer
/// out, this costs one reading more, which would have been due soon anyway.
struct AnswerShelf: Sendable {
    private struct Kept {
        let answer: RenderedAnswer
        let readAt: ContinuousClock.Instant
    }

    private let byteLimit: Int
    private let lifetime: Duration
    private var answers: RecentMap<String, Kept>
    /// About when the oldest answer of the younger generation was read.
    private var youngerSince: ContinuousClock.Instant?

    /// - Parameters:
    ///   - byteLimit: about how much memory all answers may take.
    ///   - lifetime: how long an answer may be given.
    init(byteLimit: Int, lifetime: Duration) {
        self.byteLimit = byteLimit
        self.lifetime = lifetime
        answers = RecentMap(capacity: byteLimit)
    }

    /// About how much memory the answers take.
    var byteCount: Int { answers.cost }

    /// The newest answer for a target; `nil` when there is none that may be given at that time.
    func answer(to address: String, at time: ContinuousClock.Instant) -> RenderedAnswer? {
        guard let kept = answers.peek(address), time - kept.readAt < lifetime else { return nil }
        return kept.answer
    }

    /// - Parameter time: when the reading of the answer began. Answers come in any order, but each target has one reading at a time.
    mutating func keep(_ answer: RenderedAnswer, to address: String, readAt time: ContinuousClock.Instant) {
        let bytes = Self.bytes(of: answer, address)
        guard bytes <= byteLimit / 2 else { return }
        let isOld = youngerSince.map { time - $0 >= lifetime } ?? true
        let beginsGeneration = answers.store(Kept(answer: answer, readAt: time), for: address, cost: bytes, beginsGeneration: isOld)
        if beginsGeneration { youngerSince = time }
    }

    /// The size of an answer, including what a dictionary needs for it.
    private static func bytes(of answer: RenderedAnswer, _ address: String) -> Int {
        512 + answer.body.count + address.utf8.count + (answer.link?.utf8.count ?? 0)
    }
}

package import Callers
package import Foundation

/// A piece of work that a buyer's device does before it holds more seats. The device looks for a 32-bit counter for which the key that is
/// derived from nonce ‖ counter (big-endian) and salt begins with a prefix.
package struct HoldChallenge: Hashable, Sendable {
    package let id: String
    /// 16 bytes in hexadecimal.
    package let nonce: String
    /// 16 bytes in hexadecimal.
    package let salt: String
    /// Rounds of the derivation.
    package let cost: Int
    package let expiresAt: Date

    /// The function that derives the key of 32 bytes.
    package static let algorithm = "PBKDF2/SHA-256"
    /// The beginning that the key must have, in hexadecimal. One try in 256 succeeds.
    package static let keyPrefix = "00"
}

/// An order is refused until its buyer has done some work.
package struct ChallengeRequired: Error, Hashable {
    /// ``Refusal/challengeRequired``, about the seats.
    package let refusal: Refusal
    package let challenge: HoldChallenge
}

/// A buyer's answer to a challenge.
package struct ChallengeAnswer: Hashable, Sendable {
    package let id: String
    package let counter: UInt32

    package init(id: String, counter: UInt32) {
        self.id = id
        self.counter = counter
    }
}

/// An answer as far as it can be judged without the database.
package enum CheckedChallenge: Hashable, Sendable {
    /// The answer solves this challenge. The challenge counts once, until it expires.
    case solved(id: String, expiresAt: Date)
    /// The challenge isn't ours, or is for another account or showtime, or the key lacks the prefix.
    case wrong
}

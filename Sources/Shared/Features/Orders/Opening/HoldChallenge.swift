package import Callers
package import Foundation

/// A piece of work that a buyer's device does before it holds more seats: it looks for a 32-bit counter for which the key derived from
/// nonce ‖ counter (big-endian) and salt begins with a prefix.
package struct HoldChallenge: Hashable, Sendable {
    package let id: String
    /// 16 bytes in hexadecimal.
    package let nonce: String
    /// 16 bytes in hexadecimal.
    package let salt: String
    /// Rounds of the derivation.
    package let cost: Int
    package let expiresAt: Date

    /// How the key of 32 bytes is derived.
    package static let algorithm = "PBKDF2/SHA-256"
    /// What the key must begin with, in hexadecimal: one try in 256 does.
    package static let keyPrefix = "00"
}

/// An order is refused until its buyer has done some work.
package struct ChallengeRequired: Error, Hashable {
    /// ``Refusal/challengeRequired``, about the seats.
    package let refusal: Refusal
    package let challenge: HoldChallenge
}

/// What a buyer answers to a challenge.
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
    /// Of this challenge, which counts once and until then.
    case solved(id: String, expiresAt: Date)
    /// Of no challenge of ours, of one for somebody else or for another showtime, or without the prefix.
    case wrong
}

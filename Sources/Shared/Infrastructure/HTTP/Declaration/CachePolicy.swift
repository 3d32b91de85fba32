/// What caches between the service and a person may do with an answer: a browser's own, and those of proxies.
///
/// Whatever may be kept is given to others and later, too. So it holds nothing of who asked: no state of an allowance, no id that the caller
/// chose for the request; and codes rather than words of a language.
package enum CachePolicy: Hashable, Sendable {
    /// Keep nothing.
    case noStore
    /// Keep it, but ask again each time whether it still holds.
    case revalidate
    /// Anybody may keep it for so many seconds.
    case publicFor(seconds: Int)
    /// Anybody may keep it for a year and never ask again: nothing else will ever be at its address.
    case unchanging

    /// For lists that change while people look through them.
    static let briefly = publicFor(seconds: 3)

    /// The value of Cache-Control.
    var text: String {
        switch self {
        case .noStore: "no-store"
        case .revalidate: "no-cache"
        case .publicFor(let seconds): "public, max-age=\(seconds)"
        case .unchanging: "public, max-age=31536000, immutable"
        }
    }
}

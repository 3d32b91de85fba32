/// How long a session lasts without use, and how exactly its use is written down.
struct IdleTime: Hashable, Sendable {
    /// After this time without use it ends.
    let limit: Duration

    /// How often use is written down, since doing it at every call would cost more than it tells. Each process looks at its own clock, so what is
    /// written may be two of these old: a session ends a tenth of the limit too soon at most, and never too late.
    var step: Duration { min(.seconds(600), limit / 20) }
}

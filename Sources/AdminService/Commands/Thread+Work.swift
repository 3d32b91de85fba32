import Foundation

extension Thread {
    /// Does blocking work, such as reading a file or the keyboard, on a thread of its own, so that nothing else waits for it.
    static func work<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            detachNewThread {
                continuation.resume(with: Swift.Result { try work() })
            }
        }
    }
}

import Callers
import Metrics
import NIOPosix
import Pictures
import Waiting

/// Decodes and encodes pictures on a thread of its own, behind those that answer requests, with a short line in front: one picture may take
/// hundreds of megabytes, so only a few are worked on, and only a few wait.
package final class PictureWorkshop: Sendable {
    private let threads: NIOThreadPool
    private let queue: FairQueue
    private let duration = Timer(label: "piao_picture_preparation_seconds")

    /// - Parameters:
    ///   - threadCount: how many pictures are worked on at once.
    ///   - maximumWaiting: how many may wait for that.
    ///   - waitLimit: how long one may wait.
    package init(threadCount: Int = 1, maximumWaiting: Int = 8, waitLimit: Duration = .seconds(15)) {
        threads = NIOThreadPool(numberOfThreads: threadCount)
        queue = FairQueue(places: threadCount, maximumWaiting: maximumWaiting, waitLimit: waitLimit, refusal: Refusal.busy)
        threads.start()
    }

    deinit {
        threads.shutdownGracefully { _ in }
    }

    /// The picture as it will be shown.
    ///
    /// - Parameters:
    ///   - declared: what the sender says that it is.
    ///   - group: who sends it; senders take turns.
    /// - Throws: ``Refusal/ofPictures``; ``Refusal/busy`` when too many wait already, or this one for too long; `CancellationError`.
    func prepare(_ bytes: [UInt8], declaredAs declared: PictureFormat, for group: String) async throws -> PreparedPicture {
        try await queue.run(for: group, suspicion: 0) {
            try await threads.runIfActive { [duration] in
                BackgroundThread.giveWay()
                let began = ContinuousClock.now
                defer { duration.record(duration: .now - began) }
                do throws(PictureFault) {
                    return try PreparedPicture(of: bytes, declaredAs: declared)
                } catch {
                    throw Refusal(error)
                }
            }
        }
    }
}

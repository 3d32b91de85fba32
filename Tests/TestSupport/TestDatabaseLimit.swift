/// Bounds how many test databases exist at once, since tests begin all together and a cluster has so many connections only.
actor TestDatabaseLimit {
    /// Shared by all tests of a process, hence the one place where tests have something in common.
    private static let shared = TestDatabaseLimit(places: 12)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private init(places: Int) {
        free = places
    }

    /// Runs a closure as soon as there is a place for it.
    static func withPlace<Result>(_ body: () async throws -> Result) async throws -> Result {
        await shared.take()
        let result: Result
        do {
            result = try await body()
        } catch {
            await shared.giveBack()
            throw error
        }
        await shared.giveBack()
        return result
    }

    private func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func giveBack() {
        guard !waiting.isEmpty else {
            free += 1
            return
        }
        waiting.removeFirst().resume()
    }
}

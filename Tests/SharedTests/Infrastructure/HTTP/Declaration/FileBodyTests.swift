import Callers
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import HTTP

@Suite("Bodies that are files, and answers that are", .inTurn)
struct FileBodyTests {
    private struct FileEndpoints: Sendable {
        let doors = Doors()

        var all: [Endpoint] { [upload, slow, show] }

        static let file = FileDeclaration(types: ["image/png", "image/jpeg"], "A picture.")

        var upload: Endpoint {
            Endpoint(
                .post, "/v1/files", "Takes a file.", access: .open, file: Self.file, maximumBodyBytes: 100, answers: .plain
            ) { call in .plain("\(call.body.contentType ?? "-") \(call.body.bytes.count) \(call.body.isCut)") }
        }

        var slow: Endpoint {
            Endpoint(
                .post, "/v1/slow-files", "Takes its time.", access: .open, file: Self.file, maximumBodyBytes: 100, answers: .plain
            ) { _ in
                await doors.pass()
                return .plain("done")
            }
        }

        var show: Endpoint {
            Endpoint(
                .get, "/v1/files/{name}", "Gives a file.", access: .open, caching: .unchanging, answers: .file(contentType: "image/webp")
            ) { call in
                guard try call[.text("name")] == "one" else { throw Problem.notFound }
                return .file([1, 2, 3], etag: .opaque("one-320"))
            }
        }
    }

    /// Keeps calls waiting until it is opened.
    private actor Doors {
        private var isOpen = false
        private(set) var waiting = 0
        private var continuations: [CheckedContinuation<Void, Never>] = []

        func pass() async {
            guard !isOpen else { return }
            waiting += 1
            await withCheckedContinuation { continuations.append($0) }
        }

        func open() {
            isOpen = true
            for continuation in continuations { continuation.resume() }
            continuations = []
        }
    }

    @Test("A file comes as it is, with a type of those that the endpoint takes")
    func types() async throws {
        try await ExampleService.with(endpoints: FileEndpoints().all) { client in
            for type in ["image/png", "image/jpeg", "IMAGE/PNG", "image/png; charset=utf-8"] {
                let taken = try await client.send(.post, "/v1/files", bytes: [0, 255, 10], type: type)
                #expect(taken.status == .ok && taken.text == "\(type) 3 false", "\(taken.text)")
            }
            for type in ["image/gif", "application/json", "image/png, image/jpeg", ""] {
                let refused = try await client.send(.post, "/v1/files", bytes: [0, 255, 10], type: type)
                #expect(
                    refused.status == .unsupportedMediaType && refused.code == "unsupported_media_type" && refused.place == "Content-Type")
            }
            let packed = try await client.send(
                .post, "/v1/files", headers: [.contentEncoding: "gzip"], bytes: [1], type: "image/png")
            #expect(packed.status == .unsupportedMediaType && packed.place == "Content-Encoding")
            #expect(try await client.send(.post, "/v1/files", type: "image/png").code == "file_missing")
            #expect(try await client.send(.post, "/v1/files", bytes: [UInt8](repeating: 0, count: 100), type: "image/png").status == .ok)
            let large = try await client.send(.post, "/v1/files", bytes: [UInt8](repeating: 0, count: 101), type: "image/png")
            #expect(large.status.code == 413 && large.code == "body_too_large")
        }
    }

    @Test("Only so many files are worked on at a time, and other requests don't wait for them")
    func room() async throws {
        var configuration = HTTPConfiguration()
        configuration.maximumFiles = 2
        let endpoints = FileEndpoints()
        try await ExampleService.with(endpoints: endpoints.all + FilmEndpoints().all, configuration: configuration) { client in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<2 {
                    group.addTask { try await client.send(.post, "/v1/slow-files", bytes: [1], type: "image/png").text }
                }
                try await until { await endpoints.doors.waiting == 2 }
                let refused = try await client.send(.post, "/v1/files", bytes: [1], type: "image/png")
                #expect(refused.status == .serviceUnavailable && refused.code == "busy")
                #expect(refused.headers[.retryAfter] == "1")
                #expect(try await client.send(.get, "/v1/films").status == .ok)
                await endpoints.doors.open()
                for try await text in group { #expect(text == "done") }
            }
            // A refused file gives its room back, too.
            for _ in 0..<5 { #expect(try await client.send(.post, "/v1/files", bytes: [1], type: "image/gif").status.code == 415) }
            #expect(try await client.send(.post, "/v1/files", bytes: [1], type: "image/png").status == .ok)
        }
    }

    @Test("One account has at most a quarter of the room, and those who aren't known share all of it")
    func shares() throws {
        let room = FileRoom(limit: 8)
        for _ in 0..<2 { try room.enter(1) }
        #expect(throws: Problem.self) { try room.enter(1) }
        try room.enter(2)
        for _ in 0..<5 { try room.enter(nil) }
        #expect(throws: Problem.self) { try room.enter(3) }
        room.leave(1)
        try room.enter(1)
        room.leave(nil)
        #expect(throws: Problem.self) { try room.enter(1) }
        try room.enter(3)
    }

    @Test("A file that never changes is kept by everybody for a year, and named by its tag")
    func answers() async throws {
        try await ExampleService.with(endpoints: FileEndpoints().all) { client in
            let given = try await client.send(.get, "/v1/files/one")
            #expect(given.status == .ok && Array(given.body.readableBytesView) == [1, 2, 3])
            #expect(given.headers[.contentType] == "image/webp" && given.headers[.eTag] == "\"one-320\"")
            #expect(given.headers[.cacheControl] == "public, max-age=31536000, immutable")
            #expect(given.headers[.xContentTypeOptions] == "nosniff")
            let head = try await client.send(.head, "/v1/files/one")
            #expect(head.status == .ok && head.headers[.contentLength] == "3" && head.body.readableBytes == 0)
            let same = try await client.send(.get, "/v1/files/one", headers: [.ifNoneMatch: "\"one-320\""])
            #expect(same.status == .notModified && same.headers[.cacheControl] == "public, max-age=31536000, immutable")
            let missing = try await client.send(.get, "/v1/files/two")
            #expect(missing.status == .notFound && missing.headers[.cacheControl] == "no-store")
        }
    }
}

import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The forms of the sandbox's answers.
enum SandboxAnswer {
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    static func json(_ bytes: Data) -> Response {
        text("application/json", String(decoding: bytes, as: UTF8.self))
    }

    static func html(_ page: String, status: HTTPResponse.Status = .ok) -> Response {
        text("text/html; charset=utf-8", page, status: status)
    }

    static func problem(_ status: HTTPResponse.Status, _ code: String, _ detail: String) -> Response {
        let json = (try? encoder.encode(["code": code, "detail": detail, "title": status.reasonPhrase])) ?? Data("{}".utf8)
        return text("application/problem+json", String(decoding: json, as: UTF8.self), status: status)
    }

    static func text(_ type: String, _ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

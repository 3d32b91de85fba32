import Callers
import Foundation
package import HTTP
package import Shared

/// Signing a device in by a QR code that a signed-in phone of the same realm approves.
package struct QRLoginEndpoints: Sendable {
    private let logins: QRLogins
    private let writes: Writes

    package init(logins: QRLogins, writes: Writes) {
        self.logins = logins
        self.writes = writes
    }

    package var all: [Endpoint] { [begin, image, poll, scan, decide] }

    var begin: Endpoint {
        Endpoint(
            .post, "/v1/qr-logins",
            "Begins a sign-in by QR code: show the picture and the number, and poll. It lives two minutes and signs in once.",
            name: "startQrLogin",
            access: .open,
            rateLimit: .qrLogin,
            answers: .created(QRLoginShape.begun, at: "/v1/qr-logins/{id:uuid}", \.id)
        ) { call in
            let begun = try await logins.begin(userAgent: call.userAgent, address: call.address)
            return .created(begun)
        }
    }

    private static let format = QueryParameter("format", .enumeration(PictureFormat.self), "The picture's format; svg unless given.")

    var image: Endpoint {
        Endpoint(
            .get, "/v1/qr-logins/{qr}/image", "The picture of a sign-in's QR code, as SVG.",
            access: .open,
            query: [Self.format],
            answers: .plain(contentType: "image/svg+xml")
        ) { call in
            .plain(try await logins.picture(of: call[.text("qr")]))
        }
    }

    var poll: Endpoint {
        Endpoint(
            .post, "/v1/qr-logins/{id:uuid}/polls",
            "Tells the device how its sign-in stands, as soon as that is another state than `known`; with an approval comes, once, its session.",
            name: "pollQrLogin",
            access: .open,
            rateLimit: .qrPoll,
            body: QRLoginShape.poll,
            answers: .ok(QRLoginShape.progress)
        ) { call in
            .ok(
                try await logins.progress(
                    call[.uuid], pollSecret: call.body.secret, known: call.body.known, wait: .seconds(call.body.wait),
                    address: call.address
                )
            )
        }
    }

    var scan: Endpoint {
        Endpoint(
            .post, "/v1/qr-logins/scans",
            "Shows the phone that scanned a code which device it is about to sign in; no other phone can approve it afterwards.",
            name: "scanQrLogin",
            access: .signedIn,
            rateLimit: .qrLogin,
            body: QRLoginShape.scan,
            answers: .ok(QRLoginShape.scanned),
            refusals: [.qrUnknown, .qrLoginTaken, .qrLoginOver]
        ) { call in
            let principal = try call.principal
            return .ok(
                try await writes.perform(call) { transaction in
                    try await logins.scan(call.body, by: principal, address: call.address, in: transaction)
                }
            )
        }
    }

    var decide: Endpoint {
        Endpoint(
            .post, "/v1/qr-logins/{id:uuid}/decision",
            "Approves a device, with the number that it shows, or denies it. A wrong number denies.",
            name: "decideQrLogin",
            access: .signedIn,
            rateLimit: .qrLogin,
            body: QRLoginShape.decision,
            answers: .noContent,
            refusals: [.qrLoginOver, .qrNumberWrong]
        ) { call in
            try await logins.decide(call[.uuid], number: call.body, by: call.principal, address: call.address) { decide in
                try await writes.perform(call) { try await decide($0) }
            }
            return .noContent
        }
    }
}

/// The formats of a QR code's picture.
enum PictureFormat: String, CaseIterable, Sendable {
    case svg
}

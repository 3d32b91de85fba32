package import AsyncHTTPClient
package import NIOCore
package import NIOPosix

// The libraries' own limit for a connection is 10 seconds, which a machine under the whole suite may need.

extension TimeAmount {
    /// As long as a machine of any speed may need.
    package static var patient: TimeAmount { .seconds(Patience.limit.components.seconds) }
}

extension ClientBootstrap {
    /// Connects to a port of this machine, and waits as long as a machine of any speed may need.
    package static func patient(on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) -> ClientBootstrap {
        ClientBootstrap(group: group).connectTimeout(.patient)
    }
}

extension HTTPClient.Configuration {
    /// Waits as long as a machine of any speed may need.
    package static var patient: Self { Self(timeout: .init(connect: .patient)) }
}

extension HTTPClient {
    /// One for all tests, which lasts as long as the process.
    package static let patient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .patient)
}

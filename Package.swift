// swift-tools-version: 6.3

import PackageDescription

let package = Package(
    name: "Piao",
    products: [
        .executable(name: "ClientService", targets: ["ClientService"]),
        .executable(name: "CinemaService", targets: ["CinemaService"]),
        .executable(name: "AdminService", targets: ["AdminService"]),
        .executable(name: "AlipaySandbox", targets: ["AlipaySandbox"]),
    ],
    traits: [
        // For the control run of `make faults` alone: seats are sold without lanes and row locks, so that the harness has something to find.
        .trait(name: "UnguardedSelling", description: "Sells seats without the guards; never for use.")
    ],
    dependencies: [
        // None of its traits: nothing here needs them, and with two or more SwiftPM 6.3 hands them to the compiler in random order, which
        // compiles it and all that stands on it anew every few builds.
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    ],
    targets: [
        // Small common things, written once; they use nothing of ours.
        .target(name: "Text", path: "Sources/Shared/Infrastructure/Text"),
        .target(name: "Waiting", path: "Sources/Shared/Infrastructure/Waiting"),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "Database",
            dependencies: [
                "CLibpq", "Callers", "Text", "Waiting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Shared/Infrastructure/Database"
        ),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .target(name: "Argon2", dependencies: ["CArgon2"], path: "Sources/Shared/Infrastructure/Argon2"),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
        .target(name: "Pictures", dependencies: ["CTurboJPEG", "CPNG", "CWebP"], path: "Sources/Shared/Infrastructure/Pictures"),
        .target(name: "Callers", dependencies: ["Text"], path: "Sources/Shared/Infrastructure/Callers"),
        .target(
            name: "HTTP",
            dependencies: [
                "Callers", "Text", "Waiting",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Sources/Shared/Infrastructure/HTTP"
        ),
        .target(
            name: "Shared",
            dependencies: [
                "Argon2", "Callers", "Database", "Pictures", "Text", "Waiting",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            path: "Sources/Shared",
            exclude: [
                "Infrastructure/Argon2", "Infrastructure/Callers", "Infrastructure/Database", "Infrastructure/HTTP",
                "Infrastructure/Pictures", "Infrastructure/Text", "Infrastructure/Waiting", "API", "Assembly",
            ],
            resources: [
                .embedInCode("Migrations/SQL"), .embedInCode("Features/Accounts/Passwords/common-passwords.txt"),
                .embedInCode("Features/Places/city-corrections.csv"),
            ]
        ),
        .target(
            name: "API",
            dependencies: [
                "Callers", "Database", "HTTP", "Shared", "Text",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Shared/API"
        ),
        .target(
            name: "Assembly",
            dependencies: [
                "API", "Callers", "Database", "HTTP", "Shared",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Shared/Assembly"
        ),
        .executableTarget(name: "ClientService", dependencies: serviceDependencies),
        .executableTarget(name: "CinemaService", dependencies: serviceDependencies),
        .executableTarget(
            name: "AdminService",
            dependencies: serviceDependencies + [.product(name: "ArgumentParser", package: "swift-argument-parser")]
        ),
        .executableTarget(
            name: "AlipaySandbox",
            dependencies: [
                "HTTP", "Shared", "Text",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "TestSupport",
            dependencies: [
                "Callers", "Database", "Shared", "Text",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            path: "Tests/TestSupport"
        ),
        .testTarget(
            name: "SharedTests",
            dependencies: [
                "Argon2", "CLibpq", "CPNG", "CTurboJPEG", "CWebP", "Callers", "Database", "HTTP", "Pictures", "Shared", "Text", "Waiting",
                "API", "Assembly", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Configuration", package: "swift-configuration"),
            ]
        ),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "ClientService", "CinemaService", "AdminService", "AlipaySandbox",
                "Callers", "Database", "HTTP", "Shared", "Text", "API", "Assembly", "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Configuration", package: "swift-configuration"),
            ]
        ),
    ]
)

/// What every service binary is made of; the composition root of each ties these together.
var serviceDependencies: [Target.Dependency] {
    [
        "Callers", "Database", "HTTP", "Shared", "Text", "API", "Assembly",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    ]
}

// One strictness for the whole house; nothing is exempt.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("ImmutableWeakCaptures"),
        .treatAllWarnings(as: .error),
        // A dependency that deprecates a name must not redden the build by itself.
        .treatWarning("DeprecatedDeclaration", as: .warning),
        // Generic code of one target is specialised for the types of another: nearly all that an answer is written by is such code.
        .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    ]
}

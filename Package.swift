// swift-tools-version: 6.2
import PackageDescription

// The house has four floors and a roof; a module imports only from floors beneath it.
// `Tests/ArchitectureTests` reads the imports and fails on an arrow that runs up.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

extension Target.Dependency {
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let certificates = product(name: "X509", package: "swift-certificates")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let grpcCore = product(name: "GRPCCore", package: "grpc-swift-2")
    static let grpcTransport = product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTLS = product(name: "HummingbirdTLS", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioFoundation = product(name: "NIOFoundationCompat", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let protobuf = product(name: "SwiftProtobuf", package: "swift-protobuf")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let system = product(name: "SystemPackage", package: "swift-system")
}

/// What a service that speaks HTTP needs.
let httpServer: [Target.Dependency] = [
    "WaybillCore", "Documents", "HTTPServing", .hummingbird, .nioCore, .logging, .serviceLifecycle,
]

/// A module of the given floor, with its tests beside it in `Tests/`.
func module(
    _ floor: String, _ name: String, _ dependencies: [Target.Dependency], tests: [Target.Dependency] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, path: "Sources/\(floor)/\(name)", swiftSettings: strict),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.byName(name: name)] + dependencies + tests,
            path: "Tests/\(name)Tests",
            swiftSettings: strict),
    ]
}

let system: [Target] = [
    .systemLibrary(name: "CZlib", path: "Sources/System/CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", path: "Sources/System/CZstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CYAML", path: "Sources/System/CYAML", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CSodium", path: "Sources/System/CSodium", providers: [.apt(["libsodium-dev"])]),
    .target(name: "CPostgres", path: "Sources/System/CPostgres", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "CRE2", path: "Sources/System/CRE2", linkerSettings: [.linkedLibrary("re2")]),
]

/// The program brings its libraries along, all but the C library: it runs where none of them is installed, and starts in a
/// third of the time, because nothing in them is looked up when it starts. `scripts/static-libraries` fills the folder;
/// without it the libraries are linked as usual. The program still lies at another address each time it runs.
let wholeProgram: [LinkerSetting] = [
    .unsafeFlags(["-use-ld=lld"]),
    .unsafeFlags(
        [
            "-L\(Context.packageDirectory)/.libraries", "-Xclang-linker", "-static-libgcc",
            "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs", "-Xlinker", "--no-export-dynamic",
        ], .when(configuration: .release)),
]

let values: [Target] =
    module("Values", "WaybillCore", [.crypto])
    + module("Values", "Documents", ["WaybillCore", "CYAML"])
    + module("Values", "RegularExpressions", ["WaybillCore", "CRE2"])
    + module("Values", "ConfigurationFiles", ["WaybillCore", "Documents"])
    + module("Values", "OCI", ["WaybillCore", "Documents", "CZlib", "CZstd", .crypto])
    + module("Values", "Kubernetes", ["WaybillCore", "Documents"])
    + module("Values", "Attestations", ["WaybillCore", "Documents"])
    + module("Values", "Packages", ["WaybillCore", "Documents"])
    + module("Values", "Grafeas", ["WaybillCore", "Documents", .protobuf])

let engines: [Target] =
    module(
        "Engines", "Rego",
        ["WaybillCore", "Documents", "RegularExpressions", .crypto, .cryptoExtras, .asn1, .certificates])
    + module(
        "Engines", "PolicyTools",
        [
            "WaybillCore", "Documents", "Rego", "OCI", "RegularExpressions", .crypto, .cryptoExtras, .asn1,
            .certificates,
        ], tests: [.system])
    + module("Engines", "Inventory", ["WaybillCore", "Documents", "Packages", "OCI", "RegularExpressions"])
    + module("Engines", "Advisories", ["WaybillCore", "Documents", "Packages", "OCI", "Inventory", "CZlib"])
    + module(
        "Engines", "Reports", ["WaybillCore", "Documents", "Packages", "Advisories"], tests: ["Rego", "Inventory"])
    + module("Engines", "Remediation", ["WaybillCore", "Documents", "Packages", "Advisories"])
    + module("Engines", "Checks", ["WaybillCore", "Documents", "Kubernetes", "OCI", "RegularExpressions"])
    + module(
        "Engines", "PolicyFiles",
        ["WaybillCore", "Documents", "ConfigurationFiles", "PolicyTools", "Rego", "Checks", "RegularExpressions"])
    + module(
        "Engines", "Gatekeeper",
        ["WaybillCore", "Documents", "Kubernetes", "PolicyFiles", "Rego", "CEL", "RegularExpressions"])
    + module("Engines", "ImageTests", ["WaybillCore", "Documents", "OCI", "RegularExpressions", .crypto])
    + module("Engines", "Secrets", ["WaybillCore", "Documents", "RegularExpressions", .crypto])
    + module("Engines", "Kustomize", ["WaybillCore", "Documents", "Kubernetes", "RegularExpressions", "Secrets"])
    + module("Engines", "CEL", ["WaybillCore", "Documents", "Kubernetes", "RegularExpressions"])
    + module("Engines", "KubernetesAPI", ["WaybillCore", "Documents", "Kubernetes", "RegularExpressions", "CEL"])
    + module(
        "Engines", "Trust", ["WaybillCore", "Documents", "Attestations", .crypto, .cryptoExtras, .asn1, .certificates])
    + module(
        "Engines", "Signatures",
        [
            "WaybillCore", "Documents", "Attestations", "RegularExpressions", "OCI", "Trust", .crypto, .cryptoExtras,
            .asn1, .certificates,
        ], tests: ["Processes"])
    + module(
        "Engines", "DeployPolicies",
        [
            "WaybillCore", "Documents", "Kubernetes", "Attestations", "RegularExpressions", "Trust", "Signatures",
            "Rego",
        ], tests: [.crypto])
    + module("Engines", "MetadataFilters", ["WaybillCore", "Documents", "Attestations"])
    + module(
        "Engines", "MetadataRules",
        ["WaybillCore", "Documents", "Attestations", "Grafeas", "MetadataFilters", "Trust", "Signatures", .protobuf])
    + module("Engines", "Health", ["WaybillCore", "Documents", "Kubernetes"])
    + module(
        "Engines", "Delivery",
        [
            "WaybillCore", "Documents", "Kubernetes", "Attestations", "OCI", "Trust", "RegularExpressions", "Health",
            "Packages",
        ])
    + module(
        "Engines", "Gates",
        [
            "WaybillCore", "Documents", "Packages", "Inventory", "Advisories", "Checks", "ImageTests", "Rego",
            "Delivery", "OCI", "Kubernetes", "Kustomize",
        ])

let doors: [Target] =
    module("Doors", "Processes", ["WaybillCore", .subprocess, .system])
    + module("Doors", "Files", ["WaybillCore"])
    + module(
        "Doors", "GitRepositories",
        ["WaybillCore", "Attestations", "Trust", "Signatures", "Delivery", "Processes", "Files", .crypto])
    + module(
        "Doors", "Registries",
        ["WaybillCore", "Documents", "OCI", .asyncHTTPClient, .nioCore, .nioHTTP1, .nioFoundation])
    + module(
        "Doors", "Clusters",
        [
            "WaybillCore", "Documents", "Kubernetes", "Files", "Processes", .asyncHTTPClient, .nioHTTP1, .nioCore,
            .nioSSL, .nioFoundation,
        ])
    + module(
        "Doors", "Ledger", ["WaybillCore", "Documents", "Attestations", "Packages", "CPostgres", .grdb],
        tests: ["LedgerExercises", "Processes", "Files"])
    + module("Doors", "Blobs", ["WaybillCore", "Files", .crypto])
    + module("Doors", "Sandboxes", ["WaybillCore", "Documents", "OCI", "Processes", "Files"])
    + module(
        "Doors", "Signers",
        [
            "WaybillCore", "Documents", "Attestations", "Trust", "Files", "Processes", "CSodium", .crypto,
            .cryptoExtras,
            .nioCore, .nioPosix, .logging,
        ])
    + module(
        "Doors", "SignatureStores",
        ["WaybillCore", "Documents", "Attestations", "OCI", "Registries", "Signatures", "Files", .crypto],
        tests: ["Signers", "Trust", "Processes"])

let services: [Target] =
    module(
        "Services", "HTTPServing",
        [
            "WaybillCore", "Documents", .crypto, .hummingbird, .hummingbirdCore, .hummingbirdTLS, .nioCore, .nioHTTP1,
            .nioSSL, .logging, .serviceLifecycle, .certificates, .asn1,
        ])
    + module(
        "Services", "RegistryService",
        httpServer + ["OCI", "Blobs", "Files", "Registries", "Processes", .asyncHTTPClient, .nioHTTP1])
    + module(
        "Services", "ForgeService",
        httpServer + [
            "GitRepositories", "Trust", "Attestations", "Ledger", "Signers", "Processes", "Files", "Delivery",
        ])
    + module(
        "Services", "PipelineService",
        [
            "WaybillCore", "Documents", "Delivery", "Sandboxes", "OCI", "Registries", "Inventory", "Packages",
            "Advisories", "Checks", "ImageTests", "Rego", "Attestations", "Trust", "Signers", "Ledger",
            "GitRepositories", "Kustomize", "Kubernetes", "Files", "Blobs", "Gates", .logging,
        ], tests: ["Processes"])
    + module(
        "Services", "AuditService",
        ["WaybillCore", "Documents", "Ledger", "Trust", "Attestations", "GitRepositories", "Delivery"],
        tests: ["TestSupport", .grdb])
    + module(
        "Services", "AgentService",
        [
            "WaybillCore", "Documents", "Kubernetes", "Kustomize", "Delivery", "Health", "Trust", "Attestations",
            "GitRepositories", "Clusters", "Ledger", "Signers", "Secrets", "Files", "Rego", .logging, .serviceLifecycle,
        ], tests: ["TestSupport", "AgentSimulation", .crypto])
    + [
        .target(
            name: "AgentSimulation",
            dependencies: [
                "WaybillCore", "Documents", "Kubernetes", "Delivery", "Attestations", "GitRepositories", "Clusters",
                "Ledger", "Signers", "AgentService", "Packages",
            ], path: "Sources/Services/AgentSimulation", swiftSettings: strict)
    ]
    + module(
        "Services", "AdmissionService",
        httpServer + [
            "Kubernetes", "Attestations", "Trust", "Rego", "Ledger", "Signers", "OCI", "Checks", "DeployPolicies",
            "Signatures",
        ], tests: ["Processes", "Files", .crypto])
    + module(
        "Services", "ScanService",
        ["WaybillCore", "Documents", "OCI", "Packages", "Inventory", "Registries", "GitRepositories", "Files"],
        tests: ["Processes", .crypto])
    + module(
        "Services", "MonitorService",
        httpServer + [
            "Advisories", "Packages", "Ledger", "Files", "OCI", "Attestations", "Registries", "Signers", "Trust",
            .crypto, .asyncHTTPClient, .nioPosix,
            .nioSSL, .nioHTTP1, .nioFoundation,
        ], tests: ["Processes", .grdb])
    + module(
        "Services", "LocalCluster",
        httpServer + [
            "Kubernetes", "KubernetesAPI", "CEL", "Clusters", "OCI", "Registries", "Processes", "Files",
            "RegularExpressions", "CZlib", .asyncHTTPClient, .grdb, .nioSSL, .hummingbirdTLS, .nioHTTP1, .crypto,
        ], tests: ["Health"])
    + module(
        "Services", "PolicyService",
        httpServer + [
            "PolicyTools", "Rego", "OCI", "Registries", "Files", .asyncHTTPClient, .nioHTTP1, .nioFoundation,
            .nioPosix, .nioSSL, .crypto,
        ], tests: ["Blobs", "RegistryService", "Processes"])
    + module(
        "Services", "LedgerService",
        httpServer + [
            "Grafeas", "MetadataFilters", "MetadataRules", "Ledger", "Attestations", "Trust", "Files", "Packages",
            .protobuf,
            .grpcCore, .grpcTransport, .hummingbirdCore, .nioSSL, .nioHTTP1, .crypto, .certificates, .asn1,
        ], tests: ["Processes", "TestSupport", .asyncHTTPClient])
    + module("Services", "Dashboard", httpServer + ["Ledger", "Attestations", "Packages", .mustache])

let everything: [Target.Dependency] = (values + engines + doors + services).filter { $0.type == .regular }.map {
    .byName(name: $0.name)
}

let roof: [Target] = [
    .target(
        name: "CommandLineTool",
        dependencies: everything + [.argumentParser, .logging, .serviceLifecycle],
        path: "Sources/Roof/CommandLineTool",
        swiftSettings: strict),
    .executableTarget(
        name: "waybill", dependencies: ["CommandLineTool"], path: "Sources/Roof/waybill", swiftSettings: strict,
        linkerSettings: wholeProgram),
    .target(
        name: "LedgerExercises", dependencies: ["WaybillCore", "Ledger", "Processes", "Files"],
        path: "Sources/Roof/LedgerExercises", swiftSettings: strict),
    .executableTarget(
        name: "waybill-conformance", dependencies: everything + ["LedgerExercises", .argumentParser],
        path: "Sources/Roof/waybill-conformance",
        swiftSettings: strict, linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
    .executableTarget(
        name: "waybill-measure",
        dependencies: [
            "WaybillCore", "Documents", "Packages", "Advisories", "Files", "Ledger", "AgentService", "AgentSimulation",
            "Kubernetes", "Signers", "Clusters", "Delivery", "GitRepositories", .serviceLifecycle,
            "LedgerExercises", "AuditService", "Attestations", "Trust", "Signatures", "TestSupport",
        ],
        path: "Sources/Roof/waybill-measure", swiftSettings: strict),
    .testTarget(
        name: "CommandLineToolTests",
        dependencies: everything + ["CommandLineTool", "TestSupport", "LedgerExercises", .crypto],
        path: "Tests/CommandLineToolTests", swiftSettings: strict),
    .target(
        name: "TestSupport",
        dependencies: ["WaybillCore", "Documents", "Attestations", "Trust", "GitRepositories", "Ledger", .crypto],
        path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
        name: "ArchitectureTests", dependencies: [], path: "Tests/ArchitectureTests", swiftSettings: strict),
]

let package = Package(
    name: "waybill",
    products: [
        .executable(name: "waybill", targets: ["waybill"]),
        .executable(name: "waybill-conformance", targets: ["waybill-conformance"]),
        .library(name: "Rego", targets: ["Rego"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0", traits: []),
        .package(url: "https://github.com/grpc/grpc-swift-2.git", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport.git", from: "2.9.2"),
    ],
    targets: system + values + engines + doors + services + roof,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

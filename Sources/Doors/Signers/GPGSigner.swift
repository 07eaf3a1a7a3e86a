import Foundation
import Processes
public import WaybillCore

/// Signs with a person's OpenPGP key, through `gpg`: the key stays where gpg keeps it.
public struct GPGSigner: Sendable {
    /// A fingerprint, as gpg names it.
    public let key: String
    /// Where gpg keeps its keys; nil for the user's own place.
    public var home: String?

    public init(key: String, home: String? = nil) {
        self.key = key
        self.home = home
    }

    /// A signed message with the content inside, as image signatures are stored.
    public func sign(_ content: [UInt8]) async throws(WaybillError) -> [UInt8] {
        // A key that begins with a dash would be an option.
        guard key.utf8.allSatisfy({ (48...57).contains($0) || (65...70).contains($0) || (97...102).contains($0) }),
            (16...64).contains(key.utf8.count)
        else {
            throw WaybillError(
                .invalidInput, "expected a fingerprint in hexadecimal", subject: "OpenPGP key",
                remedy: "gpg --list-keys")
        }
        let outcome = try await ProcessRunner.output(
            of: Command(
                "gpg",
                (home.map { ["--homedir", $0] } ?? []) + ["--batch", "--no-tty", "--sign", "--local-user", key],
                environment: home == nil ? ["HOME": NSHomeDirectory()] : [:], input: content, timeout: .seconds(60),
                outputBytesMax: 4 << 20))
        return outcome.output
    }
}

import Dispatch
import Files
import Foundation
import Rego

/// The world as the policy server sees it: time, chance and its own name.
public struct PolicyHost: Sendable {
    /// Nanoseconds of a clock that only goes forward.
    public var clock: @Sendable () -> Int
    /// Nanoseconds since 1970.
    public var now: @Sendable () -> Int
    public var random: @Sendable () -> UInt64
    public var environment: [String: String]
    public var version: String

    public init(
        clock: @escaping @Sendable () -> Int, now: @escaping @Sendable () -> Int,
        random: @escaping @Sendable () -> UInt64, environment: [String: String] = [:], version: String = ""
    ) {
        self.clock = clock
        self.now = now
        self.random = random
        self.environment = environment
        self.version = version
    }

    /// This machine.
    public static func system(environment: [String: String] = [:], version: String = "") -> PolicyHost {
        PolicyHost(
            clock: { Int(clamping: DispatchTime.now().uptimeNanoseconds) },
            now: { Int(Date().timeIntervalSince1970 * 1e9) },
            random: { UInt64.random(in: .min ... .max) }, environment: environment, version: version)
    }

    func surroundings(hasStrictErrors: Bool = false) -> EvaluationSurroundings {
        EvaluationSurroundings(
            nowNanoseconds: now(), seed: random(), hasStrictErrors: hasStrictErrors, environment: environment,
            zoneFile: ZoneFiles.read)
    }

    /// A random identifier (RFC 9562, version 4).
    func identifier() -> String {
        var bytes = withUnsafeBytes(of: random()) { Array($0) } + withUnsafeBytes(of: random()) { Array($0) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text += "-" }
            text.append(digit)
        }
        return text
    }

    /// RFC 3339 with nanoseconds, in UTC.
    func timestamp() -> String { Self.timestamp(nanoseconds: now()) }

    static func timestamp(nanoseconds: Int) -> String {
        let seconds = Int(Double(nanoseconds / 1_000_000_000))
        let rest = nanoseconds - seconds * 1_000_000_000
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func two(_ value: Int32) -> String { (value < 10 ? "0" : "") + String(value) }
        let fraction = String(1_000_000_000 + rest).dropFirst()
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(fraction)Z"
    }
}

/// A program to run: what, where, with which environment, and how much it may take.
public struct Command: Sendable {
    /// A name looked up in `PATH`, or an absolute path.
    public var executable: String
    public var arguments: [String]
    /// The whole environment of the child: nothing is inherited but what `Command.baseEnvironment` holds.
    public var environment: [String: String]
    public var workingDirectory: String?
    public var input: [UInt8]
    /// When it is over the child's whole session is ended, first politely, two seconds later for good.
    public var timeout: Duration
    /// Bytes of standard output, and of standard error, that are kept; more is an error.
    public var outputBytesMax: Int

    public init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
        in workingDirectory: String? = nil, input: [UInt8] = [], timeout: Duration = .seconds(60),
        outputBytesMax: Int = 64 << 20
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = Self.baseEnvironment.merging(environment) { _, own in own }
        self.workingDirectory = workingDirectory
        self.input = input
        self.timeout = timeout
        self.outputBytesMax = outputBytesMax
    }

    /// A predictable environment: programs speak English, sort by bytes and find the system's tools.
    public static let baseEnvironment = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    ]
}

/// How a program ended and what it said.
public struct Outcome: Sendable {
    public enum Exit: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    public var exit: Exit
    public var output: [UInt8]
    public var errorOutput: [UInt8]

    public init(exit: Exit, output: [UInt8], errorOutput: [UInt8]) {
        self.exit = exit
        self.output = output
        self.errorOutput = errorOutput
    }

    public var isSuccess: Bool { exit == .exited(0) }
    /// Standard output as text; bytes that are not UTF-8 become U+FFFD.
    public var text: String { String(decoding: output, as: UTF8.self) }
    /// Standard output as text without the line break at its end.
    public var line: String { String(text.reversed().drop(while: \.isNewline).reversed()) }
    public var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
}

import Documents

/// What a client wants to do with a pod over a stream.
struct StreamRequest: Sendable {
    enum Kind: String, Sendable { case exec, attach, portforward }

    var kind: Kind
    var pod: Value
    var container: String?
    var command: [String]
    var hasInput: Bool
    var hasOutput: Bool
    var hasErrors: Bool
    var isTerminal: Bool

    init(_ kind: Kind, _ pod: Value, _ request: APIRequest) {
        self.kind = kind
        self.pod = pod
        container = request.parameter("container").flatMap { $0.isEmpty ? nil : $0 }
        command = request.parameters("command")
        hasInput = request.flag("stdin")
        hasOutput = request.flag("stdout")
        isTerminal = request.flag("tty")
        // A terminal has one output for both.
        hasErrors = request.flag("stderr") && !isTerminal
    }
}

/// What the node answers to it: something that a session can be tied to.
enum StreamTarget: Sendable {
    /// Starts a program and gives its ends.
    case program(start: @Sendable () throws(APIError) -> any RemoteProgram)
    case ports(PodTunnel)
}

/// A program that a session is tied to.
protocol RemoteProgram: Sendable {
    /// False when it takes no more.
    func write(_ bytes: [UInt8]) async -> Bool
    func closeInput()
    func resize(columns: Int, rows: Int)
    /// The next piece of an output; nil when it has ended.
    func read(_ output: SessionChannel) async -> [UInt8]?
    /// The exit status.
    func wait() async -> Int32
    /// The client has gone.
    func hangUp()
    /// Lets go of everything, once nobody reads or writes any more.
    func close()
}

/// The channels of a session, numbered as on a WebSocket.
enum SessionChannel: UInt8, Sendable, CaseIterable {
    case input = 0
    case output, errors, status, resize

    /// The name of its stream on SPDY.
    var streamType: String {
        switch self {
        case .input: "stdin"
        case .output: "stdout"
        case .errors: "stderr"
        case .status: "error"
        case .resize: "resize"
        }
    }
}

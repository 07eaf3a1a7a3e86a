import Documents
import Foundation
import Processes

/// One check of a container's health.
struct Probe: Sendable {
    var value: Value
    var container: Value
    var tunnel: PodTunnel
    var runtime: ContainerRuntime
    var containerID: String

    var initialDelaySeconds: Int { max(0, value["initialDelaySeconds"]?.integer ?? 0) }
    var periodSeconds: Int { max(1, value["periodSeconds"]?.integer ?? 10) }
    var timeoutSeconds: Int { max(1, value["timeoutSeconds"]?.integer ?? 1) }
    var failureThreshold: Int { max(1, value["failureThreshold"]?.integer ?? 3) }
    var successThreshold: Int { max(1, value["successThreshold"]?.integer ?? 1) }

    private func port(_ value: Value?) -> Int? {
        if let number = value?.integer { return number }
        guard let name = value?.string else { return nil }
        return Int(name)
            ?? (container["ports"]?.array ?? []).first { $0["name"]?.string == name }?["containerPort"]?.integer
    }

    /// Nil when all is well, else what is not.
    func check() async -> String? {
        if let command = value["exec"]?["command"]?.array?.compactMap(\.string), !command.isEmpty {
            let code = await runtime.exec(containerID, command, timeoutSeconds: timeoutSeconds)
            return code == 0 ? nil : "command \(command[0]) ended with \(code.map(String.init) ?? "a timeout")"
        }
        let (tunnel, seconds) = (tunnel, timeoutSeconds)
        if let tcp = value["tcpSocket"] {
            guard let port = port(tcp["port"]) else { return "the port has no number" }
            return await Self.inThread {
                guard let descriptor = tunnel.open(port: port) else { return "connection to port \(port) refused" }
                close(descriptor)
                return nil
            }
        }
        if let http = value["httpGet"] {
            guard let port = port(http["port"]) else { return "the port has no number" }
            guard http["scheme"]?.string ?? "HTTP" == "HTTP" else {
                return "https probes are not supported by the local cluster yet"
            }
            let path = http["path"]?.string ?? "/"
            var headers =
                "Host: \(http["host"]?.string ?? "localhost:\(port)")\r\nUser-Agent: kube-probe/1.36\r\nAccept: */*\r\n"
            for header in http["httpHeaders"]?.array ?? [] {
                headers += "\(header["name"]?.string ?? ""): \(header["value"]?.string ?? "")\r\n"
            }
            let request =
                "GET \(path.hasPrefix("/") ? path : "/" + path) HTTP/1.1\r\n\(headers)Connection: close\r\n\r\n"
            return await Self.inThread { Self.get(tunnel, port, request, seconds) }
        }
        return "grpc probes are not supported by the local cluster yet"
    }

    private static func get(_ tunnel: PodTunnel, _ port: Int, _ request: String, _ seconds: Int) -> String? {
        guard let descriptor = tunnel.open(port: port) else { return "connection to port \(port) refused" }
        defer { close(descriptor) }
        LocalSocket.setTimeout(descriptor, seconds: seconds)
        guard Relay.writeAll(descriptor, Array(request.utf8)[...]) else { return "the connection broke off" }
        var answer = [UInt8](repeating: 0, count: 256)
        var text: [UInt8] = []
        // The status line is all that counts.
        while text.count < 16 {
            let count = recv(descriptor, &answer, answer.count, 0)
            guard count > 0 else { return "no answer within \(seconds) s" }
            text += answer[..<count]
        }
        let words = String(decoding: text.prefix(64), as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), let code = Int(words[1].prefix(3)) else {
            return "the answer is not HTTP"
        }
        return (200..<400).contains(code) ? nil : "HTTP probe failed with statuscode: \(code)"
    }

    private static func inThread(_ work: @escaping @Sendable () -> String?) async -> String? {
        await withCheckedContinuation { continuation in
            Relay.inThread { continuation.resume(returning: work()) }
        }
    }
}

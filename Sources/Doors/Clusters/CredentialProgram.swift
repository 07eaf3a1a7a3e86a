import Documents
import Foundation
import Processes
import WaybillCore

/// A program that says with which credentials to ask (Kubernetes, "client-go credential plugins"): `exec` of a
/// kubeconfig. It runs with our environment, because it looks there for its own settings.
public struct CredentialProgram: Sendable {
    static let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]
    static let timeout = Duration.seconds(60)
    static let answerBytesMax = 1 << 20

    let apiVersion: String
    let command: Command
    let hint: String?
    let path: String

    init(
        _ value: Value, in file: KubeconfigReader.File, _ access: ClusterAccess, environment: [String: String]
    ) throws(WaybillError) {
        func failure(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: file.path) }
        guard let version = value["apiVersion"]?.string, Self.versions.contains(version) else {
            throw failure("“exec” needs an apiVersion: \(Self.versions.joined(separator: " or "))")
        }
        guard let name = value["command"]?.string, !name.isEmpty else { throw failure("“exec” names no command") }
        let mode = value["interactiveMode"]?.string ?? "IfAvailable"
        guard ["Never", "IfAvailable", "Always"].contains(mode) else {
            throw failure("“exec”: interactiveMode is Never, IfAvailable or Always")
        }
        guard mode != "Always" else {
            throw WaybillError(
                .unsupported, "“\(name)” wants to talk to a person, and nobody is there", subject: file.path)
        }
        var variables = environment
        for entry in value["env"]?.array ?? [] {
            guard let key = entry["name"]?.string, let text = entry["value"]?.string else {
                throw failure("“exec”: env has entries of name and value")
            }
            variables[key] = text
        }
        var spec: Value = ["interactive": false]
        if value["provideClusterInfo"]?.bool == true {
            var cluster: Value = ["server": .string(access.server)]
            if let name = access.serverName { cluster["tls-server-name"] = .string(name) }
            if let authority = access.authorityPEM {
                cluster["certificate-authority-data"] = .string(Base64.encode(Array(authority.utf8)))
            }
            spec["cluster"] = cluster
        }
        let information: Value = ["kind": "ExecCredential", "apiVersion": .string(version), "spec": spec]
        variables["KUBERNETES_EXEC_INFO"] = String(decoding: JSONWriter.bytes(information), as: UTF8.self)
        var command = Command(
            name.contains("/") ? file.resolved(name) : name, (value["args"]?.array ?? []).compactMap(\.string),
            timeout: Self.timeout, outputBytesMax: Self.answerBytesMax)
        command.environment = variables
        self.command = command
        apiVersion = version
        hint = value["installHint"]?.string
        path = file.path
    }

    /// Asks the program. What it prints never enters an error: it may be a secret.
    func ask() async throws(WaybillError) -> Credential {
        let outcome: Outcome
        do throws(WaybillError) {
            outcome = try await ProcessRunner.run(command)
        } catch  where error.code == .notFound {
            throw WaybillError(
                .unauthenticated, "the program for credentials is not installed: \(command.executable)", subject: path,
                remedy: hint ?? "install it")
        }
        guard outcome.isSuccess else {
            let reason = outcome.errorText.split(separator: "\n").last.map { ": \($0.prefix(300))" } ?? ""
            throw WaybillError(
                .unauthenticated, "\(command.executable) gave no credentials\(reason)", subject: path,
                remedy: "run it by hand, or log in anew")
        }
        return try Credential(outcome.output, apiVersion: apiVersion, subject: "\(path): \(command.executable)")
    }
}

/// What a program for credentials answered.
struct Credential: Sendable {
    var token: String?
    var certificate: (certificatePEM: String, privateKeyPEM: String)?
    var expires: Date?

    /// Reads an `ExecCredential`.
    init(_ bytes: [UInt8], apiVersion: String, subject: String) throws(WaybillError) {
        func failure(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: subject) }
        let value: Value
        do {
            value = try JSONReader.value(from: bytes)
        } catch {
            throw failure("the answer is not JSON")
        }
        guard value["kind"]?.string == "ExecCredential", value["apiVersion"]?.string == apiVersion else {
            throw failure("the answer is not an ExecCredential of \(apiVersion)")
        }
        let status = value["status"] ?? [:]
        token = status["token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        switch (status["clientCertificateData"]?.string, status["clientKeyData"]?.string) {
        case (let certificate?, let key?): self.certificate = (certificate, key)
        case (nil, nil): certificate = nil
        default: throw failure("the answer has a certificate or a key, and not both")
        }
        guard token != nil || certificate != nil else {
            throw failure("the answer has neither a token nor a certificate")
        }
        if let text = status["expirationTimestamp"]?.string {
            guard let date = try? Date(text, strategy: .iso8601) else {
                throw failure("the answer's expirationTimestamp is not a time")
            }
            expires = date
        }
    }

    /// Whether it can still be used: half a minute before its end it cannot.
    func isFresh(at now: Date) -> Bool { expires.map { now < $0 - 30 } ?? true }
}

/// Keeps what a program said until it runs out; asked by many at once it runs once.
actor CredentialKeeper {
    private let program: CredentialProgram
    private var known: Credential?
    private var asking: Task<Credential, any Error>?

    init(_ program: CredentialProgram) { self.program = program }

    func credential() async throws(WaybillError) -> Credential {
        if let known, known.isFresh(at: Date()) { return known }
        let task = asking ?? Task { [program] in try await program.ask() }
        asking = task
        defer { asking = nil }
        do {
            let found = try await task.value
            known = found
            return found
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "the program for credentials was ended", subject: program.path, cause: error)
        }
    }

    /// The cluster did not take what the program said: it is asked anew the next time.
    func forget() { known = nil }
}

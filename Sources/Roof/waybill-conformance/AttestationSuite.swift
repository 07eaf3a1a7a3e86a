import Attestations
import Documents
import Files
import Trust
import WaybillCore

/// Envelopes, signatures and statements that other programs made: which must be believed and which must not.
enum AttestationSuite {
    static func run(cases directory: String, filter: String?) -> SuiteReport {
        var report = SuiteReport(results: [])
        let all =
            envelopeCases(directory) + encodings(directory) + protocolExample(directory) + buildProvenance(directory)
            + summaries(directory) + bundles(directory) + cosign(directory) + simpleSigning(directory)
            + layouts(directory) + imagePolicies(directory) + kritisDocuments(directory) + kritis(directory)

        for result in all where filter.map({ result.name.contains($0) || result.category.contains($0) }) ?? true {
            report.results.append(result)
        }
        return report
    }

    static func result(
        _ category: String, _ name: String, _ body: () throws -> String?
    ) -> SuiteReport.Result {
        do {
            let objection = try body()
            return .init(name: name, category: category, outcome: objection.map { .failed($0) } ?? .passed)
        } catch {
            return .init(name: name, category: category, outcome: .failed("\(error)"))
        }
    }

    /// Whole envelopes with the keys, the threshold and the payload types that a verifier accepts.
    private static func envelopeCases(_ directory: String) -> [SuiteReport.Result] {
        guard let document = SuiteFiles.json("\(directory)/dsse/envelope-cases.json") else { return [] }
        return (document["cases"]?.array ?? []).map { test in
            result("dsse envelopes", test["name"]?.string ?? "") {
                var keys: [TrustedKey] = []
                for name in strings(test["trusted"]) {
                    keys.append(
                        TrustedKey(try PublicKey(pem: document["keys"]?[name]?["pem"]?.string ?? ""), name: name))
                }
                let verifier = EnvelopeVerifier(
                    keys: keys, threshold: test["threshold"]?.integer ?? 1,
                    payloadTypes: Set(strings(test["accepted_payload_types"])))
                let refusal: String?
                do {
                    let envelope = try Envelope(parsing: Array((test["envelope"]?.string ?? "").utf8))
                    _ = try verifier.signers(of: envelope)
                    refusal = nil
                } catch {
                    refusal = "\(error)"
                }
                switch test["expect"]?.string {
                case "accept": return refusal
                case "reject": return refusal == nil ? "was accepted" : nil
                case "accept-or-reject": return nil
                default: return "the expectation is unknown"
                }
            }
        }
    }

    /// The bytes that are signed, and Ed25519 signatures over them.
    private static func encodings(_ directory: String) -> [SuiteReport.Result] {
        guard let document = SuiteFiles.json("\(directory)/dsse/cross_lang_signing.json") else { return [] }
        return (document["fixtures"]?.array ?? []).map { test in
            result("dsse encoding", test["name"]?.string ?? "") {
                let key = try PublicKey(pem: document["public_key_pem"]?.string ?? "")
                let envelope = try Envelope(test["envelope"] ?? .null)
                guard envelope.preAuthenticationEncoding == bytes(test["pae_b64"]) else { return "other bytes to sign" }
                guard envelope.payload == bytes(test["canonical_b64"]) else { return "another payload" }
                return key.isValid(signature: bytes(test["signature_b64"]), of: envelope.preAuthenticationEncoding)
                    ? nil : "the signature does not fit"
            }
        }
    }

    /// The protocol document's own example: ECDSA with a signature of fixed width.
    private static func protocolExample(_ directory: String) -> [SuiteReport.Result] {
        guard let document = SuiteFiles.json("\(directory)/dsse/protocol-1.0.2-example.json") else { return [] }
        return [
            result("dsse encoding", "protocol example") {
                let point =
                    [4] + integer(document["x"]?.string ?? "", width: 32)
                    + integer(document["y"]?.string ?? "", width: 32)
                let prefix = Hex.decode("3059301306072a8648ce3d020106082a8648ce3d030107034200") ?? []
                var key = try PublicKey(der: prefix + point)
                key.encoding = .fixedWidth
                let envelope = try Envelope(document["envelope"] ?? .null)
                let verifier = EnvelopeVerifier(
                    keys: [TrustedKey(key, name: "example")], payloadTypes: [document["payloadType"]?.string ?? ""])
                guard envelope.preAuthenticationEncoding == Array((document["pae_utf8"]?.string ?? "").utf8) else {
                    return "other bytes to sign"
                }
                _ = try verifier.signers(of: envelope)
                return nil
            }
        ]
    }

    /// Exports of a build service: which keys verify which of its envelopes.
    private static func buildProvenance(_ directory: String) -> [SuiteReport.Result] {
        let folder = "\(directory)/gcb-provenance"
        guard let expectations = SuiteFiles.json("\(folder)/signature-results.json")?.object else { return [] }
        return expectations.members.flatMap { file -> [SuiteReport.Result] in
            let papers = SuiteFiles.json("\(folder)/\(file.key)")?["provenance_summary"]?["provenance"]?.array ?? []
            return (file.value.array ?? []).enumerated().map { index, expected in
                result("build service provenance", "\(file.key)#\(index)") {
                    var found: Set<String> = []
                    if index < papers.count, let envelope = try? Envelope(papers[index]["envelope"] ?? .null) {
                        for name in SuiteFiles.names(in: folder) where name.hasSuffix(".key") {
                            let key = try PublicKey(
                                pem: String(decoding: SuiteFiles.bytes("\(folder)/\(name)"), as: UTF8.self))
                            let label = String(name.dropLast(4))
                            if let signers = try? EnvelopeVerifier(keys: [TrustedKey(key, name: label)]).signers(
                                of: envelope)
                            {
                                found.formUnion(signers.map(\.name))
                            }
                        }
                    }
                    let wanted = Set(strings(expected["verified_by"]))
                    return found == wanted ? nil : "verified by \(found.sorted()), wanted \(wanted.sorted())"
                }
            }
        }
    }

    /// A verification summary from the field.
    private static func summaries(_ directory: String) -> [SuiteReport.Result] {
        let folder = "\(directory)/slsa-vsa"
        return SuiteFiles.names(in: folder).filter { $0.hasSuffix(".jsonl") }.map { name in
            result("verification summaries", name) {
                var key = try PublicKey(
                    pem: String(decoding: SuiteFiles.bytes("\(folder)/vsa_signing_public_key.pem"), as: UTF8.self))
                key.encoding = .fixedWidth
                let verifier = EnvelopeVerifier(keys: [TrustedKey(key, name: "verifier")])
                for line in SuiteFiles.bytes("\(folder)/\(name)").split(separator: 0x0A) {
                    let statement = try verifier.verify(Envelope(parsing: Array(line)), at: Timestamp(seconds: 0)).get()
                        .statement
                    guard try VerificationSummary(statement.predicate).outcome == .passed else { return "did not pass" }
                }
                return nil
            }
        }
    }

    static func strings(_ value: Value?) -> [String] { (value?.array ?? []).compactMap(\.string) }
    private static func bytes(_ value: Value?) -> [UInt8] { Base64.decode(value?.string ?? "") ?? [] }

    /// A decimal number as bytes, most significant first.
    private static func integer(_ decimal: String, width: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: width)
        for digit in decimal.utf8 {
            var carry = Int(digit) - 48
            for index in bytes.indices.reversed() {
                carry += Int(bytes[index]) * 10
                bytes[index] = UInt8(carry & 0xFF)
                carry >>= 8
            }
        }
        return bytes
    }
}

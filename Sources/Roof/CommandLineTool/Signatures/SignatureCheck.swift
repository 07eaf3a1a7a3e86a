import Attestations
import Documents
import SignatureStores
import Signatures
import Trust
import WaybillCore

/// What came of one signature: who made it, or which check failed.
struct SignatureCheck {
    /// Keys and identities of whoever signed.
    struct Signer: Hashable {
        var name: String
        /// The key, for counting: nil for a certificate, whose name is what counts.
        var key: TrustedKey?
    }

    var form: String
    var digest: Digest
    var signers: [Signer] = []
    var statement: Statement?
    var times: [Timestamp] = []
    var failure: SignatureFailure?

    var isGood: Bool { failure == nil }

    var value: Value {
        var members: [(key: String, value: Value)] = [
            ("form", .string(form)), ("digest", .string(digest.description)), ("verified", .bool(isGood)),
        ]
        if !signers.isEmpty { members.append(("signers", .array(signers.map { .string($0.name) }))) }
        if let statement { members.append(("predicateType", .string(statement.predicateType))) }
        if !times.isEmpty { members.append(("times", .array(times.map { .string($0.description) }))) }
        if let failure {
            members.append(("check", .string(failure.check.rawValue)))
            members.append(("message", .string(failure.message)))
        }
        return .object(Object(members))
    }
}

/// The answer about a target.
struct VerificationReport {
    var subject: String
    var checks: [SignatureCheck]
    var threshold: Int

    /// People whose signatures hold; two keys of one person are one.
    var signers: Int {
        let good = checks.filter(\.isGood).flatMap(\.signers)
        let names = Set(good.filter { $0.key == nil }.map(\.name))
        return TrustedKey.persons(in: good.compactMap(\.key)) + names.count
    }

    var isVerified: Bool { signers >= threshold }

    var value: Value {
        [
            "subject": .string(subject), "verified": .bool(isVerified), "signers": .integer(signers),
            "threshold": .integer(threshold), "signatures": .array(checks.map(\.value)),
        ]
    }

    var text: String {
        var lines: [String] = []
        for check in checks {
            let what = check.statement.map { " \($0.predicateType)" } ?? ""
            if let failure = check.failure {
                lines.append("no   \(check.form)\(what)  \(failure.description)")
            } else {
                let who = check.signers.map(\.name).joined(separator: ", ")
                let when = check.times.min().map { ", seen \($0)" } ?? ""
                lines.append("yes  \(check.form)\(what)  signed by \(who)\(when)")
            }
        }
        if checks.isEmpty { lines.append("no   there is no signature") }
        lines.append(
            isVerified
                ? "\(subject)  verified" : "\(subject)  not verified: \(signers) of \(threshold) needed signers")
        return lines.joined(separator: "\n")
    }
}

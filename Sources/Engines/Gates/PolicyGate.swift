import Documents
import Rego
public import WaybillCore

/// Judges what was found by the policy that comes with Waybill and by the project's own.
public struct PolicyGate: Sendable {
    private let policy: CompiledPolicy
    /// Names of the packages under `waybill.` that add to the verdict.
    private static let root = "data.waybill"
    /// Verdicts are asked at a desk and in a pipeline: a policy that takes longer is at fault.
    private static let stepsMax = 20_000_000

    /// Compiles the policy that comes with Waybill and the project's modules, given by file name.
    /// Throws `.invalidInput` with file, row and column for a module that is wrong.
    public init(modules: [(file: String, text: String)]) throws(WaybillError) {
        do {
            var parsed = [try PolicyModule(parsing: GatePolicy.text, file: "waybill/gate.rego")]
            for module in modules { parsed.append(try PolicyModule(parsing: module.text, file: module.file)) }
            policy = try CompiledPolicy(modules: parsed, data: [:])
        } catch let error as RegoErrors {
            throw Self.failure(error.errors.first)
        } catch let error as RegoError {
            throw Self.failure(error)
        } catch {
            throw WaybillError(.failed, "the policy cannot be compiled", subject: "policy", cause: error)
        }
    }

    private static func failure(_ error: RegoError?) -> WaybillError {
        guard let error else { return WaybillError(.invalidInput, "the policy is wrong", subject: "policy") }
        return WaybillError(
            .invalidInput, "\(error.code.rawValue): \(error.message)",
            subject: "\(error.file):\(error.row):\(error.column)",
            remedy: "correct the policy; a gate that cannot be read stays closed")
    }

    /// The verdict. Throws where a policy ends in an error: a gate that cannot decide stays closed.
    public func judge(_ input: GateInput) throws(WaybillError) -> Verdict {
        let documents: Value
        do {
            guard let value = try policy.evaluate(rule: Self.root, input: input.value) else {
                throw WaybillError(.failed, "the policy has no answer", subject: "policy")
            }
            documents = value.document
        } catch let error as WaybillError {
            throw error
        } catch let error as RegoError {
            throw Self.failure(error)
        } catch {
            throw WaybillError(.failed, "the policy ended in an error", subject: "policy", cause: error)
        }
        var verdict = Verdict(gate: input.gate, subject: input.subject)
        for package in documents.object?.sorted().members ?? [] {
            verdict.violations += try Self.findings(package.value["deny"], package.key)
            verdict.warnings += try Self.findings(package.value["warn"], package.key)
        }
        verdict.violations.sort(by: Finding.inReadingOrder)
        verdict.warnings.sort(by: Finding.inReadingOrder)
        return verdict
    }

    /// The members of a `deny` or `warn` set: findings, objects with a message, or plain texts.
    private static func findings(_ set: Value?, _ package: String) throws(WaybillError) -> [Finding] {
        guard let set else { return [] }
        guard let members = set.array else {
            throw WaybillError(
                .invalidInput, "must be a set, found \(set.typeName)", subject: "data.waybill.\(package).deny")
        }
        var findings: [Finding] = []
        for member in members {
            if let text = member.string ?? member["msg"]?.string {
                findings.append(Finding(rule: package, kind: .policy, severity: .high, message: text))
            } else if var finding = Finding(member) {
                if member["severity"] == nil { finding.severity = .high }
                findings.append(finding)
            } else {
                throw WaybillError(
                    .invalidInput, "a violation needs a message: \(JSONWriter.string(member).prefix(120))",
                    subject: "data.waybill.\(package)", remedy: "give it “rule” and “message”, or make it a text")
            }
        }
        return findings
    }
}

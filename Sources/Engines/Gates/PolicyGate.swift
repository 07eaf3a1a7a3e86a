import Delivery
import Documents
import Rego
public import WaybillCore

/// Judges what was found by the policy that comes with Waybill and by the project's own.
public struct PolicyGate: Sendable {
    private let policy: CompiledPolicy
    /// The packages that add to the verdict, as names below `waybill`; each stands in the list once.
    private let packages: [[String]]
    private static let root = "data.waybill"
    /// The package that comes with Waybill, below `waybill`.
    private static let ownPackage = "gate"
    /// Verdicts are asked at a desk and in a pipeline: a policy that takes longer is at fault.
    public static let stepsMax = 20_000_000
    private let stepsMax: Int

    /// Compiles the policy that comes with Waybill and the project's modules, given by file name.
    /// Throws `.invalidInput` with file, row and column for a module that is wrong.
    public init(
        modules: [(file: String, text: String)], stepsMax: Int = PolicyGate.stepsMax
    ) throws(WaybillError) {
        self.stepsMax = stepsMax
        do {
            var parsed = [try PolicyModule(parsing: GatePolicy.text, file: "waybill/gate.rego")]
            var packages: Set<[String]> = [[Self.ownPackage]]
            for module in modules {
                let module = try PolicyModule(parsing: module.text, file: module.file)
                packages.insert(try Self.projectPackage(of: module))
                parsed.append(module)
            }
            self.packages = packages.sorted { $0.lexicographicallyPrecedes($1) }
            policy = try CompiledPolicy(modules: parsed, data: [:])
        } catch let error as RegoErrors {
            throw Self.failure(error.errors.first)
        } catch let error as RegoError {
            throw Self.failure(error)
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "the policy cannot be compiled", subject: "policy", cause: error)
        }
    }

    /// The module's package below `waybill`. A package elsewhere would never be asked, one of Waybill's own would change
    /// what comes with it: both are refused.
    private static func projectPackage(of module: PolicyModule) throws(WaybillError) -> [String] {
        let path = module.packagePath
        guard path.first == "waybill", path.count > 1 else {
            throw WaybillError(
                .invalidInput,
                "the package \(Redaction.excerpt(module.package)) is not below waybill: no gate would ask it",
                subject: module.file, remedy: "begin the module with: package waybill.NAME")
        }
        guard path[1] != ownPackage else {
            throw WaybillError(
                .invalidInput, "the package waybill.\(ownPackage) comes with Waybill and takes no rules of a project",
                subject: module.file, remedy: "begin the module with: package waybill.NAME")
        }
        return Array(path.dropFirst())
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
            let value = try policy.evaluate(
                rule: Self.root, input: input.value, limits: EvaluationLimits(stepsMax: stepsMax),
                surroundings: Self.surroundings(of: input))
            guard let value else {
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
        for package in packages {
            let document = package.reduce(documents as Value?) { $0?[$1] }
            let name = package.joined(separator: ".")
            verdict.violations += try Self.findings(document?["deny"], name, "deny")
            verdict.warnings += try Self.findings(document?["warn"], name, "warn")
        }
        verdict.violations.sort(by: Finding.inReadingOrder)
        verdict.warnings.sort(by: Finding.inReadingOrder)
        return verdict
    }

    /// A policy sees the day of the verdict as its clock, from midnight UTC. A builtin that fails ends the verdict: a rule
    /// that only became undefined would let through what it was written to deny.
    private static func surroundings(of input: GateInput) -> EvaluationSurroundings {
        let midnight = CalendarDate(parsing: input.today).map { $0.endMilliseconds - 86_400_000 } ?? 0
        return EvaluationSurroundings(nowNanoseconds: Int(midnight) * 1_000_000, hasStrictErrors: true)
    }

    /// The members of a `deny` or `warn` set: findings, objects with a message, or plain texts.
    private static func findings(_ set: Value?, _ package: String, _ rule: String) throws(WaybillError) -> [Finding] {
        guard let set else { return [] }
        guard let members = set.array else {
            throw WaybillError(
                .invalidInput, "must be a set, found \(set.typeName)", subject: "data.waybill.\(package).\(rule)")
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

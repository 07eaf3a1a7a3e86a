import Delivery
import Documents
import Kubernetes
import Rego
import WaybillCore

/// Which fields of live objects are left alone, as modules in Rego say: every module is in the package `waybill.drift`,
/// `input.live` is the object, `input.desired` what the repository says of it, and `ignore` a set of JSON pointers.
struct DriftPolicy: Sendable {
    private static let rule = "data.waybill.drift.ignore"
    private static let stepsMax = 1_000_000
    /// The most fields of one object.
    private static let pointersMax = 1000

    private let policy: CompiledPolicy

    /// Throws `.invalidInput` for a module that is wrong.
    init(_ modules: [(file: String, bytes: [UInt8])]) throws(WaybillError) {
        do {
            var parsed: [PolicyModule] = []
            for module in modules {
                let read = try PolicyModule(
                    parsing: String(decoding: module.bytes, as: UTF8.self), file: module.file)
                guard read.packagePath == ["waybill", "drift"] else {
                    throw WaybillError(
                        .invalidInput, "the package \(Redaction.excerpt(read.package)) is not waybill.drift",
                        subject: module.file, remedy: "begin the module with: package waybill.drift")
                }
                parsed.append(read)
            }
            policy = try CompiledPolicy(modules: parsed, data: [:])
        } catch let error as WaybillError {
            throw error
        } catch let error as RegoErrors {
            throw Self.failure(error.errors.first)
        } catch let error as RegoError {
            throw Self.failure(error)
        } catch {
            throw WaybillError(.failed, "the policy cannot be compiled", subject: "ignore.rego", cause: error)
        }
    }

    private static func failure(_ error: RegoError?) -> WaybillError {
        guard let error else { return WaybillError(.invalidInput, "the policy is wrong", subject: "ignore.rego") }
        return WaybillError(
            .invalidInput, "\(error.code.rawValue): \(error.message)",
            subject: "\(error.file):\(error.row):\(error.column)")
    }

    /// Throws where the policy ends in an error, or says something else than pointers: nothing is ignored by mistake.
    func ignored(live: Resource, desired: Resource?) throws(WaybillError) -> [Pointer] {
        let answer: Value?
        do {
            answer = try policy.evaluate(
                rule: Self.rule, input: ["live": live.value, "desired": desired?.value ?? .null],
                limits: EvaluationLimits(stepsMax: Self.stepsMax),
                surroundings: EvaluationSurroundings(hasStrictErrors: true))?.document
        } catch {
            throw WaybillError(
                .invalidInput, "the rules in Rego of what is ignored end in an error: \(error)",
                subject: live.key.description)
        }
        guard let answer else { return [] }
        guard let entries = answer.array, entries.count <= Self.pointersMax else {
            throw WaybillError(
                .invalidInput, "\(Self.rule) is no set of at most \(Self.pointersMax) pointers",
                subject: live.key.description)
        }
        var pointers: [Pointer] = []
        for entry in entries {
            guard let pointer = entry.string.flatMap({ Pointer(parsing: $0) }), let first = pointer.tokens.first,
                !["apiVersion", "kind"].contains(first), pointer.tokens != ["metadata"]
            else {
                throw WaybillError(
                    .invalidInput, "\(Self.rule) holds something else than pointers such as /spec/replicas",
                    subject: live.key.description)
            }
            pointers.append(pointer)
        }
        return pointers
    }
}

extension DriftPolicy {
    /// The policy of an application's files; nil where its rules name none.
    init?(of entry: ApplicationEntry, in tree: RevisionTree?) async throws(WaybillError) {
        let paths = Set(entry.ignore.flatMap(\.rego)).sorted()
        guard !paths.isEmpty, let tree else { return nil }
        var modules: [(file: String, bytes: [UInt8])] = []
        for path in paths {
            guard let bytes = try await tree.bytes(of: path) else {
                throw WaybillError(.notFound, "ignore.rego: there is no such file", subject: path)
            }
            modules.append((path, bytes))
        }
        try self.init(modules)
    }
}

import Documents
public import WaybillCore

/// Runs suites over files that the caller reads.
public struct SuiteRunner: Sendable {
    public typealias Read = @Sendable (_ path: String) throws(WaybillError) -> [UInt8]

    private let read: Read
    /// Which tests and cases run: `test/case`; nil means all.
    private let isChosen: @Sendable (String) -> Bool
    private let engine: ConstraintEngine?

    /// With an engine, the tests of templates that do not have it are skipped.
    public init(
        engine: ConstraintEngine? = nil, read: @escaping Read,
        isChosen: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.engine = engine
        self.read = read
        self.isChosen = isChosen
    }

    /// Never throws: what cannot be found out is a broken result of its suite, test or case.
    public func run(_ path: String) -> SuiteResult {
        do throws(WaybillError) {
            let documents = try nodes(path)
            guard documents.count == 1, let document = documents.first else {
                throw WaybillError(.invalidInput, "expected one document, found \(documents.count)", subject: path)
            }
            let suite = try SuiteFile(document, file: path)
            guard !suite.isSkipped else { return SuiteResult(path: path, outcome: .skipped) }
            let folder =
                path.contains("/")
                ? path.split(separator: "/", omittingEmptySubsequences: false)
                    .dropLast().joined(separator: "/") : ""
            var result = SuiteResult(path: path, outcome: .passed)
            result.tests = suite.tests.map { run($0, in: folder) }
            result.outcome = .summary(of: result.tests.map(\.outcome))
            return result
        } catch {
            return SuiteResult(path: path, outcome: .broken(error.description))
        }
    }

    private func run(_ test: SuiteFile.Test, in folder: String) -> SuiteResult.Test {
        var result = SuiteResult.Test(name: test.name, outcome: .skipped)
        let names = test.cases.map { "\(test.name)/\($0.name)" }
        guard !test.isSkipped, isChosen(test.name) || names.contains(where: isChosen) else { return result }
        do throws(WaybillError) {
            let policy = try policy(test, folder)
            if let engine, !policy.template.engines.contains(engine) { return result }
            guard !test.isInvalid else {
                result.outcome = .failed("the constraint was accepted, it should have been refused")
                return result
            }
            result.cases = test.cases.map { each in
                guard !each.isSkipped, isChosen(test.name) || isChosen("\(test.name)/\(each.name)") else {
                    return SuiteResult.Case(name: each.name, outcome: .skipped)
                }
                return run(each, policy, folder)
            }
            result.outcome = .summary(of: result.cases.map(\.outcome))
        } catch  where test.isInvalid && error.cause is SchemaViolation {
            result.outcome = .passed
        } catch {
            result.outcome = .broken(error.description)
        }
        return result
    }

    private func policy(_ test: SuiteFile.Test, _ folder: String) throws(WaybillError) -> ConstraintPolicy {
        guard !test.template.isEmpty, !test.constraint.isEmpty else {
            throw WaybillError(.invalidInput, "a test wants “template” and “constraint”", subject: test.name)
        }
        let template = try ConstraintTemplate(try document(test.template, folder), file: test.template)
        let constraint = try Constraint(try document(test.constraint, folder), of: template, file: test.constraint)
        return ConstraintPolicy(template, constraint)
    }

    private func run(_ each: SuiteFile.Case, _ policy: ConstraintPolicy, _ folder: String) -> SuiteResult.Case {
        var result = SuiteResult.Case(name: each.name, outcome: .passed)
        do throws(WaybillError) {
            guard !each.object.isEmpty else {
                throw WaybillError(.invalidInput, "a case wants an “object”", subject: each.name)
            }
            guard !each.assertions.isEmpty else {
                throw WaybillError(.invalidInput, "a case wants assertions", subject: each.name)
            }
            var inventory = Inventory()
            for file in each.inventory {
                let objects = try objects(file, folder)
                guard !objects.isEmpty else {
                    throw WaybillError(.invalidInput, "the file holds no object", subject: file)
                }
                for object in objects { try inventory.insert(object, file: file) }
            }
            let review = try Review(try document(each.object, folder), file: each.object)
            let violations = try policy.violations(of: review, inventory: inventory, engine: engine)
            result.messages = violations.map(\.message)
            for assertion in each.assertions {
                guard let failure = assertion.failure(of: result.messages) else { continue }
                result.outcome = .failed(failure)
                break
            }
        } catch {
            result.outcome = .broken(error.description)
        }
        return result
    }

    private func document(_ file: String, _ folder: String) throws(WaybillError) -> Value {
        let objects = try objects(file, folder)
        guard objects.count == 1, let object = objects.first else {
            throw WaybillError(.invalidInput, "expected one object, found \(objects.count)", subject: file)
        }
        return object
    }

    private func objects(_ file: String, _ folder: String) throws(WaybillError) -> [Value] {
        try nodes(folder.isEmpty || file.hasPrefix("/") ? file : "\(folder)/\(file)").map(\.value)
    }

    /// The file's documents without the empty ones.
    private func nodes(_ path: String) throws(WaybillError) -> [Node] {
        let bytes = try read(path)
        do {
            return try YAMLReader.nodes(from: bytes, schema: .kubernetes).filter { $0.scalar != .null }
        } catch {
            throw error.inFile(path)
        }
    }
}

import Delivery
import Documents
import GitRepositories
import Kubernetes
import Ledger
import WaybillCore

extension AgentService {
    /// Makes and keeps the cluster as a verified revision says, application by application.
    func hold(
        _ revision: ObjectID, _ state: inout AgentState, _ round: Round
    ) async throws(WaybillError) -> AgentCondition {
        let tree = try await tree(revision)
        defer {
            tree.forget()
            let used = Set(records.values.compactMap(\.content?.revision) + [revision])
            trees = trees.filter { used.contains($0.key) }
            let kept = Set(records.values.compactMap(\.content?.artifact))
            artifacts = artifacts.filter { kept.contains($0.key) }
        }
        let declared: (environment: EnvironmentEntry, applications: [ApplicationEntry])
        let content: ArtifactAnswer, files: RevisionTree
        do throws(WaybillError) {
            let environment = try await environment(in: tree)
            content = try await self.content(of: environment, tree, &state)
            guard let found = content.files else { return Self.refused(content.refusal, state, revision) }
            files = found
            declared = (environment, try Self.applications(of: environment, in: files))
        } catch {
            guard Self.isRevisionsFault(error) else { throw error }
            // Nothing says any more what is to be there: what is there stays.
            let finding = AgentRule.notRendered(revision, error)
            return AgentCondition(
                .refused, revision: state.applied, head: revision, message: Self.stays(state.applied, [finding]),
                violations: [finding])
        }
        if declared.environment.health != healthRules {
            // What was judged by other rules is judged again.
            healthRules = declared.environment.health
            live = [:]
        }
        try await load(declared.applications, declared.environment, &state)
        if let condition = try await elsewhere(declared.environment, revision, &state, round) { return condition }
        try await prepare(declared.applications, declared.environment, files, state)
        if records.values.allSatisfy(\.refusal.isEmpty), state.accepted != revision {
            state.accepted = revision
            try await save(state)
            await doors.revisionAccepted(declared.environment)
        }
        let orders = try await AgentOrders.load(settings.environment, from: doors.ledger)
        if round.lists { try await list() }
        let worked = try await work(declared, state, orders, round)
        var condition = try await conclude(declared, revision, &state, worked)
        if !content.refusal.isEmpty { condition = Self.refused(content.refusal, condition) }
        return condition
    }

    /// An environment that is to be in another cluster than the doors lead to. Who left objects behind would never look
    /// after them again, so that it moves only while it has none.
    private func elsewhere(
        _ environment: EnvironmentEntry, _ revision: ObjectID, _ state: inout AgentState, _ round: Round
    ) async throws(WaybillError) -> AgentCondition? {
        let objects = records.values.reduce(0) { $0 + $1.state.inventory.count }
        guard objects == 0 || environment.cluster == state.cluster else {
            let finding = AgentRule.elsewhere(state.cluster, environment.cluster, objects)
            if let good = state.accepted, good != revision { _ = try await hold(good, &state, round) }
            return AgentCondition(
                .refused, revision: state.applied, head: revision, message: Self.stays(state.applied, [finding]),
                violations: [finding])
        }
        guard environment.cluster == settings.cluster else {
            await doors.moved(environment)
            return AgentCondition(
                .progressing, revision: state.applied, head: revision,
                message: "moves to \(environment.cluster.map { "the cluster \($0)" } ?? "the local cluster")")
        }
        if state.cluster != environment.cluster {
            state.cluster = environment.cluster
            try await save(state)
        }
        return nil
    }

    static func isRevisionsFault(_ error: WaybillError) -> Bool {
        [.invalidInput, .notFound, .unsupported, .conflict, .forbidden, .limitExceeded].contains(error.code)
    }

    private func declaration(
        _ tree: RevisionTree
    ) async throws(WaybillError) -> (environment: EnvironmentEntry, applications: [ApplicationEntry]) {
        let environment = try await environment(in: tree)
        return (environment, try Self.applications(of: environment, in: tree))
    }

    private func environment(in tree: RevisionTree) async throws(WaybillError) -> EnvironmentEntry {
        guard let text = try await tree.bytes(of: EnvironmentsFile.path) else {
            throw WaybillError(
                .invalidInput, "there is no \(EnvironmentsFile.path) in the environment repository",
                subject: "gitCommit:\(tree.revision)")
        }
        guard let environment = try EnvironmentsFile(parsing: text).environment(named: settings.environment) else {
            throw WaybillError(
                .invalidInput, "the environment \(settings.environment) is not declared",
                subject: EnvironmentsFile.path, remedy: "add it to environments")
        }
        return environment
    }

    private static func applications(
        of environment: EnvironmentEntry, in tree: RevisionTree
    ) throws(WaybillError) -> [ApplicationEntry] {
        let applications = try environment.allApplications(files: tree.blobs.keys)
        _ = try DependencyOrder(Dictionary(applications.map { ($0.name, $0.dependsOn) }) { first, _ in first })
        return applications
    }

    /// What is remembered of applications that this process has not met yet, also of those that left the repository.
    private func load(
        _ applications: [ApplicationEntry], _ environment: EnvironmentEntry, _ state: inout AgentState
    ) async throws(WaybillError) {
        let names = applications.map(\.name)
        for name in names + state.applications where records[name] == nil {
            let stored = try await doors.ledger.state(
                AgentSettings.stateName(of: name, in: settings.environment))
            var own = try ApplicationState(stored)
            if stored == nil, name == settings.environment {
                own.add(state.inventory)
                own.applied = state.applied
            }
            records[name] = ApplicationRecord(
                state: own,
                condition: ApplicationCondition(
                    name: name, state: .progressing, revision: own.applied, message: "has not been looked at yet"))
        }
        let known = Set(state.applications).union(names).sorted()
        if known != state.applications {
            // Before the first object changes: no application that has objects is ever forgotten.
            state.applications = known
            try await save(state)
        }
    }

    /// Renders what changed and judges it. What may not be applied leaves the application where it is.
    private func prepare(
        _ applications: [ApplicationEntry], _ environment: EnvironmentEntry, _ tree: RevisionTree, _ state: AgentState
    ) async throws(WaybillError) {
        // The rules of the last accepted revision count, so that a revision cannot excuse itself.
        let rules = try await self.environment(at: state.accepted) ?? environment
        let changed = applications.filter { entry in
            guard let content = records[entry.name]?.content, records[entry.name]?.refusal.isEmpty == true else {
                return true
            }
            return content.entry != entry || !tree.isAlike(content.inputs)
        }
        let changedNames = Set(changed.map(\.name))
        for entry in applications where !changedNames.contains(entry.name) {
            records[entry.name]?.content?.revision = tree.revision
            records[entry.name]?.content?.artifact = tree.artifact
        }
        let preparation = ApplicationPreparation(
            doors: doors, counters: counters, environment: environment, rules: rules)
        let answers = try await Self.bounded(changed) { entry in
            await preparation.prepare(entry, tree)
        }
        for (entry, answer) in zip(changed, answers) {
            switch answer {
            case .success(.accepted(let content))
            where content.digest == records[entry.name]?.state.refusedDigest:
                let good = records[entry.name]?.state.accepted
                records[entry.name]?.refusal = [AgentRule.takenBack(entry.name, good)]
                try await restore(entry, environment)
            case .success(.accepted(let content)):
                records[entry.name]?.content = content
                records[entry.name]?.refusal = []
            case .success(.refused(let findings)):
                records[entry.name]?.refusal = findings
                try await restore(entry, environment)
            case .failure(let error): throw error
            }
        }
    }

    /// A process that starts while a revision is refused holds the application where it was accepted last.
    private func restore(_ entry: ApplicationEntry, _ environment: EnvironmentEntry) async throws(WaybillError) {
        guard let record = records[entry.name], record.content == nil, let revision = record.state.accepted else {
            return
        }
        let old = try await tree(revision)
        let declared = try await declaration(old)
        // What an artifact held is not in the repository; its objects stay as they are.
        guard declared.environment.artifact == nil else { return }
        guard let before = declared.applications.first(where: { $0.name == entry.name }) else { return }
        let renderer = ApplicationRenderer(doors: doors, counters: counters)
        guard case .success(let rendering) = try await renderer.render(before, of: declared.environment, at: old) else {
            return
        }
        records[entry.name]?.content = ApplicationPreparation.content(before, old, rendering)
    }

    /// The same work for many, some at a time, in their order.
    static func bounded<Item: Sendable, Answer: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async -> Answer
    ) async throws(WaybillError) -> [Answer] {
        var answers: [Int: Answer] = [:]
        await withTaskGroup(of: (Int, Answer).self) { group in
            var next = 0
            func add() {
                guard next < items.count else { return }
                let (index, item) = (next, items[next])
                group.addTask { (index, await work(item)) }
                next += 1
            }
            for _ in 0..<AgentSettings.worksMax { add() }
            while let (index, answer) = await group.next() {
                answers[index] = answer
                add()
            }
        }
        return items.indices.compactMap { answers[$0] }
    }
}

public import Documents
public import GitRepositories
public import Health
import Kubernetes
public import WaybillCore

/// How one application stands.
public struct ApplicationCondition: Hashable, Sendable {
    public var name: String
    public var state: AgentCondition.State
    /// The revision that it runs.
    public var revision: ObjectID?
    /// One sentence for people.
    public var message: String
    public var violations: [Finding]
    /// How many objects it has, and how the heaviest of them is.
    public var objects: Int
    public var health: ObjectHealth.State
    /// Objects that are not as the repository says and are left so: drift that is only reported, objects that stay.
    public var notes: [String]

    public init(
        name: String, state: AgentCondition.State, revision: ObjectID?, message: String, violations: [Finding] = [],
        objects: Int = 0, health: ObjectHealth.State = .unknown, notes: [String] = []
    ) {
        self.name = name
        self.state = state
        self.revision = revision
        self.message = message
        self.violations = violations
        self.objects = objects
        self.health = health
        self.notes = notes
    }

    public var value: Value {
        [
            "name": .string(name), "state": .string(state.rawValue), "revision": Value(revision?.hex),
            "message": .string(message), "objects": .integer(objects), "health": .string(health.rawValue),
            "notes": .array(notes.map(Value.string)),
            "violations": .array(violations.map { ["rule": .string($0.rule), "message": .string($0.message)] }),
        ]
    }
}

public import Grafeas
public import Trust
public import WaybillCore

/// Who may do what: roles, bindings and the keys that notes accept. Data, kept as a file in Git.
public struct LedgerAccess: Hashable, Sendable {
    /// Gives a role to members, for some projects, notes and kinds.
    public struct Binding: Hashable, Sendable {
        /// Patterns of identities: `ci@shop`, `*@shop`, `*` for everybody who is known.
        public var members: PatternList
        /// Whether callers without an identity have it too.
        public var includesAnyone: Bool
        public var role: LedgerRole
        /// Patterns of project names; nil for all.
        public var projects: PatternList?
        /// Patterns of whole names of notes; nil for all. What concerns occurrences is asked of their note.
        public var notes: PatternList?
        /// The kinds that may be written; nil for all.
        public var kinds: Set<GrafeasKind>?

        public init(
            members: PatternList, includesAnyone: Bool = false, role: LedgerRole, projects: PatternList? = nil,
            notes: PatternList? = nil, kinds: Set<GrafeasKind>? = nil
        ) {
            self.members = members
            self.includesAnyone = includesAnyone
            self.role = role
            self.projects = projects
            self.notes = notes
            self.kinds = kinds
        }
    }

    /// What is asked: a permission on something.
    public struct Question: Hashable, Sendable {
        public var permission: LedgerPermission
        public var project: String?
        /// The whole name of the note that it is about; nil where it is about many or none.
        public var note: String?
        /// The kind that would be written.
        public var kind: GrafeasKind?

        public init(
            _ permission: LedgerPermission, project: String? = nil, note: String? = nil, kind: GrafeasKind? = nil
        ) {
            self.permission = permission
            self.project = project
            self.note = note
            self.kind = kind
        }
    }

    public var bindings: [Binding]
    public var authorities: [AttestationAuthority]
    /// Whose signed tokens are taken.
    public var issuers: [TokenIssuer]

    public init(
        bindings: [Binding] = [], authorities: [AttestationAuthority] = [], issuers: [TokenIssuer] = []
    ) {
        self.bindings = bindings
        self.authorities = authorities
        self.issuers = issuers
    }

    /// Everybody with an identity is administrator: for one machine, where tokens are handed out by hand.
    public static let everybodyKnown = LedgerAccess(bindings: [
        Binding(
            members: PatternList(["*"]), role: LedgerRole(name: "admin", permissions: Set(LedgerPermission.allCases)))
    ])

    /// Nobody may what no binding allows.
    public func allows(_ identity: Identity?, _ question: Question) -> Bool {
        bindings.contains { binding in
            guard binding.role.permissions.contains(question.permission) else { return false }
            guard binding.includesAnyone || identity.map({ binding.members.matches($0.name) }) ?? false else {
                return false
            }
            if let projects = binding.projects {
                guard let project = question.project, projects.matches(project) else { return false }
            }
            if let notes = binding.notes {
                guard let note = question.note, notes.matches(note) else { return false }
            }
            if let kinds = binding.kinds, let kind = question.kind { return kinds.contains(kind) }
            return true
        }
    }

    /// Throws `.forbidden`, or `.unauthenticated` where nobody is known.
    public func require(_ identity: Identity?, _ question: Question) throws(WaybillError) {
        guard !allows(identity, question) else { return }
        let subject = question.note ?? question.project.map { "projects/\($0)" } ?? "projects"
        guard let identity else {
            throw WaybillError(
                .unauthenticated, "“\(question.permission.rawValue)” needs an identity", subject: subject,
                remedy: "send a token as “Authorization: Bearer …”, or a client certificate")
        }
        let kind = question.kind.map { " of kind \($0.name)" } ?? ""
        throw WaybillError(
            .forbidden, "\(identity) lacks “\(question.permission.rawValue)”\(kind)", subject: subject,
            remedy: "ask for a binding to a role that has it")
    }

    /// The authority whose keys an attestation of the note must be signed with; the first whose pattern fits.
    public func authority(of note: String) -> AttestationAuthority? {
        authorities.first { $0.notes.matches(note) }
    }
}

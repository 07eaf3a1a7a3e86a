import Documents
import Grafeas
import Signatures
import Trust
public import WaybillCore

extension LedgerAccess {
    /// The largest file that is read.
    public static let bytesMax = 1 << 20

    /// Reads YAML or JSON with `roles`, `bindings` and `authorities`. A member that is not known is an error: a misspelt
    /// limit must not vanish.
    public init(parsing bytes: [UInt8], file: String = "ledger.yaml") throws(WaybillError) {
        guard bytes.count <= Self.bytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(Self.bytesMax) bytes", subject: file)
        }
        do throws(DocumentError) {
            var fields = try Fields(YAMLReader.node(from: bytes), of: "ledger")
            var roles = LedgerRole.builtIn
            for node in try fields.elements("roles") ?? [] { roles.append(try Self.role(node, known: roles)) }
            var bindings: [Binding] = []
            for node in try fields.elements("bindings") ?? [] { bindings.append(try Self.binding(node, roles: roles)) }
            var authorities: [AttestationAuthority] = []
            for node in try fields.elements("authorities") ?? [] { authorities.append(try Self.authority(node)) }
            var issuers: [TokenIssuer] = []
            for node in try fields.elements("issuers") ?? [] { issuers.append(try Self.issuer(node)) }
            try fields.finish()
            self.init(bindings: bindings, authorities: authorities, issuers: issuers)
        } catch {
            throw error.inFile(file)
        }
    }

    private static func role(_ node: Node, known: [LedgerRole]) throws(DocumentError) -> LedgerRole {
        var fields = try Fields(node, of: "role")
        let name = try fields.requiredString("name")
        guard !known.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
            throw DocumentError(at: node.position, "role: “\(name)” is there already")
        }
        var permissions: Set<LedgerPermission> = []
        for element in try fields.elements("permissions") ?? [] {
            let text = element.string ?? ""
            guard let permission = LedgerPermission(rawValue: text) else {
                let near = Spelling.nearest(to: text, among: LedgerPermission.allCases.map(\.rawValue))
                throw DocumentError(
                    at: element.position,
                    "role: no permission \(Redaction.excerpt(text))\(near.map { ", did you mean “\($0)”?" } ?? "")")
            }
            permissions.insert(permission)
        }
        try fields.finish()
        return LedgerRole(name: name, permissions: permissions)
    }

    private static func binding(_ node: Node, roles: [LedgerRole]) throws(DocumentError) -> Binding {
        var fields = try Fields(node, of: "binding")
        let members = try fields.strings("members") ?? []
        let anyone = try fields.bool("anyone") ?? false
        let roleName = try fields.requiredString("role")
        let projects = try fields.strings("projects")
        let notes = try fields.strings("notes")
        var kinds: Set<GrafeasKind>?
        for element in try fields.elements("kinds") ?? [] {
            guard let kind = element.string.flatMap(GrafeasKind.named) else {
                throw DocumentError(
                    at: element.position, "binding: no kind \(Redaction.excerpt(element.string ?? ""))")
            }
            kinds = (kinds ?? []).union([kind])
        }
        try fields.finish()
        guard let role = roles.first(where: { $0.name.utf8.elementsEqual(roleName.utf8) }) else {
            let near = Spelling.nearest(to: roleName, among: roles.map(\.name))
            throw DocumentError(
                at: node["role"]?.position ?? node.position,
                "binding: no role \(Redaction.excerpt(roleName))\(near.map { ", did you mean “\($0)”?" } ?? "")")
        }
        guard !members.isEmpty || anyone else {
            throw DocumentError(at: node.position, "binding: “members” is missing or empty")
        }
        return Binding(
            members: PatternList(members), includesAnyone: anyone, role: role, projects: projects.map(PatternList.init),
            notes: notes.map(PatternList.init), kinds: kinds)
    }

    private static func issuer(_ node: Node) throws(DocumentError) -> TokenIssuer {
        var fields = try Fields(node, of: "issuer")
        let name = try fields.requiredString("issuer")
        let audience = try fields.requiredString("audience")
        let claim = try fields.string("identity") ?? "sub"
        let set = try fields.required("keySet")
        try fields.finish()
        do throws(WaybillError) {
            // A key set is JSON; in YAML it may also be written out, or stand as text.
            let value: Value
            if let text = set.string {
                do { value = try JSONReader.value(from: text) } catch {
                    throw WaybillError(.invalidInput, "not JSON: \(error)", subject: "key set")
                }
            } else {
                value = set.value
            }
            return TokenIssuer(
                issuer: name, audience: audience, keys: try TokenIssuer.keys(of: value), identityClaim: claim)
        } catch {
            throw DocumentError(at: set.position, "issuer: \(error.message)")
        }
    }

    private static func authority(_ node: Node) throws(DocumentError) -> AttestationAuthority {
        var fields = try Fields(node, of: "authority")
        let notes = try fields.strings("notes") ?? []
        let threshold = try fields.integer("threshold", in: 1...100) ?? 1
        let openPGP = try fields.strings("openPGP") ?? []
        var keys: [TrustedKey] = []
        if let list = fields.node("keys") {
            do throws(WaybillError) {
                keys = try TrustedKeyFile(parsing: JSONWriter.bytes(["keys": list.value])).keys
            } catch {
                throw DocumentError(at: list.position, "authority: \(error.message)")
            }
        }
        try fields.finish()
        for text in openPGP {
            do throws(SignatureFailure) { _ = try OpenPGPKey.all(in: Array(text.utf8)) } catch {
                throw DocumentError(at: node["openPGP"]?.position ?? node.position, "authority: \(error)")
            }
        }
        guard !notes.isEmpty else { throw DocumentError(at: node.position, "authority: “notes” is missing or empty") }
        guard !keys.isEmpty || !openPGP.isEmpty else {
            throw DocumentError(at: node.position, "authority: no keys; nothing could ever be accepted")
        }
        return AttestationAuthority(
            notes: PatternList(notes), keys: keys, openPGP: openPGP, threshold: threshold)
    }
}

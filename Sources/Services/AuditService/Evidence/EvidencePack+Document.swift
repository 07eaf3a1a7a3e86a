import Attestations
import Documents
import Ledger
import Trust
public import WaybillCore

extension EvidencePack {
    var content: Value {
        let keys: [Value] = keys.map {
            ["name": .string($0.name), "keyid": .string($0.keyID), "key": .string($0.key.pem)]
        }
        var content: Value = [
            "format": .string(Self.format), "subject": subject.value,
            "environments": Self.object(environments.mapValues { .string($0) }),
            "papers": .array(papers.map(\.value)), "answers": .array(answers.map(\.value)),
            "repositories": Self.object(
                repositories.mapValues { objects in
                    Self.object(
                        objects.mapValues { ["type": .string($0.type), "data": .string(Base64.encode($0.bytes))] })
                }),
            "keys": .array(keys),
        ]
        if let deployment { content["deployment"] = deployment.value }
        return content
    }

    private static func object(_ members: [String: Value]) -> Value {
        .object(Documents.Object(members.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }))
    }

    /// Reads a pack; nothing in it is verified yet. Throws `.invalidInput` for what is no pack.
    public init(parsing bytes: [UInt8], file: String = "evidence pack") throws(WaybillError) {
        do throws(DocumentError) {
            let node = try JSONReader.node(from: bytes, limits: DocumentLimits(depthMax: 64, bytesMax: Self.bytesMax))
            var outer = try Fields(node, of: "evidence pack")
            let seal = outer.node("seal")
            var fields = try Fields(outer.required("content"), of: "content")
            try outer.finish()
            let format = try fields.requiredString("format")
            guard format == Self.format else {
                throw DocumentError(
                    at: fields.node.position,
                    "“format” is \(Redaction.excerpt(format)), this program reads \(Self.format)")
            }
            subject = try ChainSubject(try fields.required("subject"))
            deployment = try fields.node("deployment").map { node throws(DocumentError) in try DeploymentRecord(node) }
            environments = [:]
            for member in try fields.members("environments") ?? [] {
                guard let name = member.node.string else {
                    throw DocumentError(at: member.node.position, "expected the name of a repository")
                }
                environments[member.key] = name
            }
            papers = []
            for node in try fields.elements("papers") ?? [] { papers.append(try Paper(node)) }
            answers = []
            for node in try fields.elements("answers") ?? [] { answers.append(try Answer(node)) }
            repositories = [:]
            for member in try fields.members("repositories") ?? [] {
                repositories[member.key] = try Self.objects(member.node)
            }
            keys = []
            for node in try fields.elements("keys") ?? [] { keys.append(try TrustedKey(packed: node)) }
            try fields.finish()
            self.seal = try seal.map { node throws(DocumentError) in try Envelope(node) }
        } catch {
            throw error.inFile(file)
        }
        // What is not written back as it was read has something in it that nobody looked at.
        guard self.bytes == bytes else {
            throw WaybillError(
                .invalidInput, "is not in the form in which packs are written; something was changed or added",
                subject: file)
        }
    }

    private static func objects(_ node: Node) throws(DocumentError) -> [String: Object] {
        guard let members = node.members else { throw DocumentError(at: node.position, "expected objects by name") }
        var objects: [String: Object] = [:]
        for member in members {
            var fields = try Fields(member.node, of: "object")
            let type = try fields.requiredString("type")
            guard let bytes = Base64.decode(try fields.requiredString("data")) else {
                throw DocumentError(at: member.node.position, "“data” is not base 64")
            }
            try fields.finish()
            objects[member.key] = Object(type: type, bytes: bytes)
        }
        return objects
    }
}

extension ChainSubject {
    fileprivate var value: Value {
        switch self {
        case .workload(let name, let namespace): ["workload": .string(name), "namespace": .string(namespace)]
        case .image(let digest): ["image": .string(digest.description)]
        case .commit(let hex, let repository): ["commit": .string(hex), "repository": .string(repository)]
        }
    }

    fileprivate init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "subject")
        if let workload = try fields.string("workload") {
            self = .workload(workload, namespace: try fields.requiredString("namespace"))
        } else if let commit = try fields.string("commit") {
            self = .commit(commit, repository: try fields.requiredString("repository"))
        } else {
            self = .image(try fields.digest("image"))
        }
        try fields.finish()
    }
}

extension DeploymentRecord {
    fileprivate var value: Value {
        [
            "environment": .string(environment), "namespace": .string(namespace), "workload": .string(workload),
            "container": .string(container), "image": .string(image.description), "revision": .string(revision),
            "deployed": .integer(Int(deployed.milliseconds)),
        ]
    }

    fileprivate init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "deployment")
        self.init(
            environment: try fields.requiredString("environment"), namespace: try fields.requiredString("namespace"),
            workload: try fields.requiredString("workload"), container: try fields.requiredString("container"),
            image: try fields.digest("image"), revision: try fields.requiredString("revision"),
            deployed: try fields.moment("deployed"))
        try fields.finish()
    }
}

extension Paper {
    fileprivate var value: Value {
        [
            "id": .string(id.description), "subject": .string(subject), "predicateType": .string(predicateType),
            "recorded": .integer(Int(recorded.milliseconds)), "envelope": envelope.value,
        ]
    }

    fileprivate init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "paper")
        self.init(
            id: try fields.digest("id"), subject: try fields.requiredString("subject"),
            predicateType: try fields.requiredString("predicateType"), recorded: try fields.moment("recorded"),
            envelope: try Envelope(try fields.required("envelope")))
        try fields.finish()
    }
}

extension EvidencePack.Answer {
    fileprivate var value: Value {
        [
            "subject": .string(subject), "predicateType": .string(predicateType),
            "papers": .array(papers.map { .string($0.description) }),
        ]
    }

    fileprivate init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "answer")
        subject = try fields.requiredString("subject")
        predicateType = try fields.requiredString("predicateType")
        papers = []
        for text in try fields.strings("papers") ?? [] {
            guard let digest = Digest(text) else { throw DocumentError(at: node.position, "“papers” holds no digest") }
            papers.append(digest)
        }
        try fields.finish()
    }
}

extension Envelope {
    fileprivate init(_ node: Node) throws(DocumentError) {
        do throws(WaybillError) { self = try Envelope(node.value) } catch {
            throw DocumentError(at: node.position, error.message)
        }
    }
}

extension TrustedKey {
    fileprivate init(packed node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "key")
        let name = try fields.requiredString("name")
        _ = try fields.requiredString("keyid")
        let text = try fields.requiredString("key")
        try fields.finish()
        do throws(WaybillError) { self.init(try PublicKey(pem: text), name: name) } catch {
            throw DocumentError(at: node.position, error.message)
        }
    }
}

extension Fields {
    fileprivate mutating func digest(_ key: String) throws(DocumentError) -> Digest {
        guard let digest = Digest(try requiredString(key)) else {
            throw DocumentError(at: node.position, "“\(key)” is no digest")
        }
        return digest
    }

    fileprivate mutating func moment(_ key: String) throws(DocumentError) -> Instant {
        // Seconds are a thousandth of it, and every sum with it stays far from overflowing.
        guard let number = try integer(key, in: -(1 << 53)...(1 << 53)) else {
            throw DocumentError(at: node.position, "“\(key)” is missing")
        }
        return Instant(milliseconds: Int64(number))
    }
}

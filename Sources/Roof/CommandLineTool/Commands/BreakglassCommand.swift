import ArgumentParser
import Attestations
import DeployPolicies
import Ledger
import OCI
import Signers
import WaybillCore

/// Lets an image run against the verdict, for a while, under one's own name.
struct BreakglassCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breakglass",
        abstract: "Sign an order that lets an image run in a namespace against the verdict, until it runs out.",
        discussion: """
            The order is a paper about the image, signed with your SSH key. It counts where the admission policies of the
            namespace name you under “breakglass” (docs/attestations.md), and every pod that runs by it is recorded with
            your name and reason. `waybill evidence revoke` takes it back.

              waybill breakglass shop/cart@sha256:… --namespace production --for 4h \\
                --reason "INC-204: the shop is down" --as ops@shop --ssh-key ~/.ssh/id_ed25519
            """)

    @Argument(help: "The image by digest: sha256:…, or a name that ends in one.") var image: String
    @Option(name: .shortAndLong, help: "Where it may run.") var namespace: String
    @Option(help: "Why, for those who read it later.") var reason: String
    @Option(name: .customLong("for"), help: "How long: 30m, 4h, 2d; at most 7d.") var length: String
    @Option(name: .customLong("as"), help: "Your name in the allowed signers.") var actor: String
    @Option(help: "An SSH key, in a file or (by its public half) in an agent.") var sshKey: String
    @OptionGroup var state: StateOption

    func run() async throws {
        try await Guarded.run { () async throws(WaybillError) in
            let now = Platform.now()
            let issued = Timestamp(seconds: now.milliseconds / 1000)
            let order = try BreakglassOrder(
                image: try Self.digest(image), namespace: namespace, reason: reason, actor: actor, issued: issued,
                expires: Timestamp(seconds: issued.seconds + (try Self.seconds(length))))
            let ledger = try OpenState.ledger(state.folder)
            let envelope = try await SSHKeygenSigner(keyPath: sshKey).sign(order.statement)
            try await ledger.record([
                Paper(
                    id: envelope.digest, subject: order.image.description,
                    predicateType: BreakglassOrder.predicateType, recorded: now, envelope: envelope)
            ])
            try await ledger.record(
                Event(
                    moment: now, actor: actor, action: "breakglass.ordered", subject: order.image.description,
                    message: "\(actor) lets \(order.image.short) run in \(namespace) until \(order.expires): \(reason)")
            )
            Terminal.result("order \(envelope.digest) until \(order.expires)")
        }
    }

    static func digest(_ text: String) throws(WaybillError) -> Digest {
        let last = text.lastIndex(of: "@").map { String(text[text.index(after: $0)...]) } ?? text
        return try Digest(parsing: last)
    }

    /// `30m`, `4h`, `2d`.
    static func seconds(_ text: String) throws(WaybillError) -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count > 0,
            count <= BreakglassOrder.secondsMax
        else {
            throw WaybillError(
                .invalidInput, "is no length of time", subject: Redaction.excerpt(text), remedy: "30m, 4h, 2d")
        }
        return count * unit
    }
}

import Attestations
import Documents
import Files
import Foundation
import Signatures
import Signers
import Trust
import WaybillCore

/// What it costs to read and verify bundles that a key signed: `waybill-measure bundles`.
enum BundleMeasure {
    static let count = 1_000

    /// - Parameter folder: where to write the bundles of P-256, a line each, and their key.
    static func run(writingTo folder: String?) async throws {
        for (name, algorithm) in [("ed25519", PublicKey.Algorithm.ed25519), ("p256", .ecdsaP256)] {
            let key = try PrivateKey.generate(algorithm)
            let signer = PrivateKeySigner(key)
            var bundles: [(bytes: [UInt8], image: Digest)] = []
            for number in 0..<count {
                let image = Digest.sha256(of: Array("image \(number)".utf8))
                let statement = Statement(
                    subjects: [.init(name: "shop", digest: image)], predicateType: PredicateType.testResult,
                    predicate: ["result": "PASSED", "passedTests": ["a", "b"]])
                let bundle = SigstoreBundle(
                    material: .publicKey(hint: key.publicKey.keyID),
                    content: .envelope(try await signer.sign(statement)))
                bundles.append((JSONWriter.bytes(bundle.value, style: .canonical), image))
            }
            if let folder, algorithm == .ecdsaP256 {
                try Files.makeFolder(folder)
                try Files.write(Array(bundles.map(\.bytes).joined(separator: [0x0A])), to: "\(folder)/bundles.jsonl")
                try Files.write(Array(key.publicKey.pem.utf8), to: "\(folder)/key.pub")
            }
            let verifier = BundleVerifier(keys: [TrustedKey(key.publicKey, name: "shop")])
            let moment = Timestamp(seconds: 1_790_000_000)
            let seconds = try Measure.seconds {
                for (bytes, image) in bundles {
                    let verified = try verifier.verify(
                        try SigstoreBundle(parsing: bytes),
                        subject: .digest(algorithm: image.algorithm.rawValue, hash: image.hex), at: moment)
                    guard verified.statement?.isAbout(image) == true else { throw NotAbout() }
                }
            }
            Measure.row(
                "evidence.bundle.\(name)", seconds * 1000 / Double(count), "ms",
                "each of \(count) different bundles in one process, read and verified")
        }
    }

    private struct NotAbout: Error {}
}

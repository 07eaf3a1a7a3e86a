public import Documents
import WaybillCore

/// Occurrences of v1beta1 as v1 writes them, and back; see `BetaNote`.
public enum BetaOccurrence {
    public static func v1(_ document: Value) -> Value {
        var occurrence = BetaRenaming(document)
        occurrence.lift(("resource", "uri"), to: "resourceUri")
        occurrence.lift(("derivedImage", "derivedImage"), to: "image")
        occurrence.lift(("installation", "installation"), to: "package")
        occurrence.lift(("deployment", "deployment"), to: "deployment")
        occurrence.lift(("discovered", "discovered"), to: "discovery")
        occurrence.lift(("attestation", "attestation"), to: "attestation")
        if let attestation = occurrence.object["attestation"] {
            occurrence.object["attestation"] = signed(attestation)
        }
        occurrence.change("vulnerability") { vulnerability in
            vulnerability.rename("cvssV3", to: "cvssv3")
            vulnerability.changeEach("packageIssue") { issue in
                BetaLocation.flatten("affectedLocation", "affected", in: &issue)
                BetaLocation.flatten("fixedLocation", "fixed", in: &issue)
            }
        }
        return occurrence.document
    }

    public static func beta(_ document: Value) -> Value {
        var occurrence = BetaRenaming(document)
        occurrence.sink("resourceUri", to: ("resource", "uri"))
        occurrence.sink("image", to: ("derivedImage", "derivedImage"))
        occurrence.sink("package", to: ("installation", "installation"))
        if let deployment = occurrence.object["deployment"] {
            occurrence.object["deployment"] = ["deployment": deployment]
        }
        occurrence.sink("discovery", to: ("discovered", "discovered"))
        if let attestation = occurrence.object["attestation"] {
            occurrence.object["attestation"] = ["attestation": ["genericSignedAttestation": attestation]]
        }
        occurrence.change("vulnerability") { vulnerability in
            vulnerability.rename("cvssv3", to: "cvssV3")
            vulnerability.changeEach("packageIssue") { issue in
                BetaLocation.gather("affected", "affectedLocation", in: &issue)
                BetaLocation.gather("fixed", "fixedLocation", in: &issue)
            }
        }
        return occurrence.document
    }

    /// Either form of signature as v1's payload and signatures.
    private static func signed(_ attestation: Value) -> Value {
        if let generic = attestation["genericSignedAttestation"] { return generic }
        guard let pgp = attestation["pgpSignedAttestation"] else { return attestation }
        let text = pgp["signature"]?.string ?? ""
        var result = BetaRenaming(pgp)
        result.object["signature"] = nil
        result.object["pgpKeyId"] = nil
        result.object["signatures"] = [
            [
                "signature": .string(Base64.encode(Array(text.utf8))),
                "publicKeyId": .string(pgp["pgpKeyId"]?.string ?? ""),
            ]
        ]
        // The payload lies inside the signed message; what is verified is read from there.
        result.object["serializedPayload"] = .string(Base64.encode(Array(text.utf8)))
        return result.document
    }
}
